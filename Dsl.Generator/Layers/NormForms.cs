using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>What a normalization has beside other layers. It has no weight that methods act on.</summary>
/// <param name="Eps">What is added to the variance.</param>
internal sealed record NormForms(double Eps)
{
    /// <summary>The form in training mode, with the statistics of the batch; null where both modes have one form.</summary>
    public Expr? Batch { get; init; }

    /// <summary>What a batch makes of the running statistics.</summary>
    public EquatableArray<StatisticUpdate> Updates { get; init; } = [];

    /// <summary>Whether the fold merges weight and bias with running statistics into a scale and a shift.</summary>
    public bool HasStatistics => Updates.Count > 0;
}

/// <summary>A stored statistic, and its value after a batch.</summary>
internal sealed record StatisticUpdate(Tensor Tensor, Expr Value);
