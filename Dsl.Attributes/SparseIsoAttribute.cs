namespace LayerDsl;

/// <summary>
/// Iso-FLOP sparsity (Sparse-IFT: Thangarasa, Saxena, Gupta, Lie 2023, arXiv 2303.11525): a sparse weight that is larger by as
/// much as its zeros save, so that the layer computes as many operations as the dense one, over a richer set of weights. Dense neighbours that are widened with it compute more.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class SparseIsoAttribute : Attribute
{
    /// <summary>Declares a sparsity.</summary>
    /// <param name="sparsity">The share of weights that are zero; at least 0 and less than 1.</param>
    public SparseIsoAttribute(double sparsity) => Sparsity = sparsity;

    /// <summary>The share of weights that are zero.</summary>
    public double Sparsity { get; }

    /// <summary>What takes the place of the dense weight. Default <see cref="SparseKind.Wide"/>.</summary>
    public SparseKind Kind { get; set; } = SparseKind.Wide;

    /// <summary>Whether the masks move in training. Default <see cref="MaskSchedule.Static"/>.</summary>
    public MaskSchedule Mask { get; set; } = MaskSchedule.Static;

    /// <summary>The projections of an attention layer that it acts on. Default <see cref="Part.All"/>.</summary>
    public Part On { get; set; } = Part.All;
}
