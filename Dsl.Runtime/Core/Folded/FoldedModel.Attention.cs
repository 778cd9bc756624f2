namespace LayerDsl;

/// <content>What generated models with attention need.</content>
public abstract partial class FoldedModel
{
    /// <summary>Refuses an attention layer that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="geometry">Its declared sizes and formats.</param>
    /// <param name="bias">Whether its projections are declared with a bias.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name, size or format is another.</exception>
    protected static FoldedAttention RequireAttention(FoldedAttention layer, string name, AttentionGeometry geometry, bool bias)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.Name, layer.Geometry, layer.HasBias) == (name, geometry, bias)
            ? layer
            : throw new LayerShapeException(name, "layer", Describe(name, geometry, bias), Describe(layer.Name, layer.Geometry, layer.HasBias));

        static string Describe(string name, AttentionGeometry geometry, bool bias) => $"{name} ({geometry}{(bias ? "" : ", no bias")})";
    }
}
