namespace LayerDsl;

/// <content>Attention layers in files: a linear layer for each projection.</content>
public sealed partial class FoldedModelFile
{
    /// <summary>Reads an attention layer.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="geometry">Its sizes and formats.</param>
    /// <param name="bias">Whether its projections have biases.</param>
    /// <exception cref="FoldedFileException">A tensor is missing, of another type or shape, or holds what no fold writes.</exception>
    public FoldedAttention ReadAttention(string name, AttentionGeometry geometry, bool bias)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        geometry.Check(name);
        FoldedLinear Part(string part, int outFeatures, bool hasBias, ProjectionFormat format)
        {
            var own = FoldedAttention.PartName(name, part);
            return format.Weight is { } codes
                ? ReadLinear(own, geometry.Dim, outFeatures, hasBias, codes, format.Input)
                : ReadLinear(own, geometry.Dim, outFeatures, hasBias, format.Input);
        }

        var merged = geometry.MergedQueryKey;
        var query = merged ? null : Part("query", geometry.Dim, bias, geometry.Query);
        var key = Part(merged ? "queryKey" : "key", geometry.KeySize, bias && !merged, geometry.Key);
        var value = Part("value", geometry.ValueSize, bias, geometry.Value);
        var output = Part("output", geometry.Dim, bias, geometry.Output);
        return MakeFrom(() => new FoldedAttention(name, geometry, query, key, value, output));
    }
}
