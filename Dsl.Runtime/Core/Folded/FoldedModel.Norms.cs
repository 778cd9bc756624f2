using System.Globalization;

namespace LayerDsl;

/// <content>The checks of declared normalizations and embeddings.</content>
public abstract partial class FoldedModel
{
    /// <summary>Refuses a normalization that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="features">Its declared width.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name or size is another.</exception>
    protected static FoldedBatchNorm1d RequireBatchNorm1d(FoldedBatchNorm1d layer, string name, int features) => RequireBatchNorm(layer, name, features);

    /// <summary>Refuses a normalization that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="features">Its declared channels.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name or size is another.</exception>
    protected static FoldedBatchNorm2d RequireBatchNorm2d(FoldedBatchNorm2d layer, string name, int features) => RequireBatchNorm(layer, name, features);

    /// <summary>Refuses a normalization that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="features">Its declared width.</param>
    /// <param name="eps">Its declared ε.</param>
    /// <param name="weight">Whether it has a factor for each feature.</param>
    /// <param name="bias">Whether it is declared with a bias.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name, size or ε is another.</exception>
    protected static FoldedLayerNorm RequireLayerNorm(FoldedLayerNorm layer, string name, int features, double eps, bool bias, bool weight = true)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.Name, layer.Features, layer.Eps, !layer.Weight.IsEmpty, !layer.Bias.IsEmpty) == (name, features, eps, weight, bias)
            ? layer
            : throw new LayerShapeException(
                name, "layer", Describe(name, features, eps, weight, bias), Describe(layer.Name, layer.Features, layer.Eps, !layer.Weight.IsEmpty, !layer.Bias.IsEmpty));
    }

    /// <summary>Refuses a normalization that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="features">Its declared width.</param>
    /// <param name="eps">Its declared ε.</param>
    /// <param name="weight">Whether it has a factor for each feature.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name, size or ε is another.</exception>
    protected static FoldedRmsNorm RequireRmsNorm(FoldedRmsNorm layer, string name, int features, double eps, bool weight = true)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.Name, layer.Features, layer.Eps, !layer.Weight.IsEmpty) == (name, features, eps, weight)
            ? layer
            : throw new LayerShapeException(name, "layer", Describe(name, features, eps, weight, false), Describe(layer.Name, layer.Features, layer.Eps, !layer.Weight.IsEmpty, false));
    }

    /// <summary>Refuses an embedding that is not the one declared.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its declared name.</param>
    /// <param name="count">How many vectors it is declared with.</param>
    /// <param name="dim">Their declared size.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="LayerShapeException">A name or size is another.</exception>
    protected static FoldedEmbedding RequireEmbedding(FoldedEmbedding layer, string name, int count, int dim)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.Name, layer.Count, layer.Dim) == (name, count, dim)
            ? layer
            : throw new LayerShapeException(name, "layer", $"{name} ({count} × {dim})", $"{layer.Name} ({layer.Count} × {layer.Dim})");
    }

    private static TNorm RequireBatchNorm<TNorm>(TNorm layer, string name, int features)
        where TNorm : FoldedBatchNorm
    {
        ArgumentNullException.ThrowIfNull(layer);
        return (layer.Name, layer.Features) == (name, features)
            ? layer
            : throw new LayerShapeException(name, "layer", $"{name} ({features})", $"{layer.Name} ({layer.Features})");
    }

    private static string Describe(string name, int features, double eps, bool weight, bool bias) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} ({features}, eps {eps:R}{(weight ? ", weight" : "")}{(bias ? ", bias" : "")})");
}
