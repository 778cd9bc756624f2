namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Where the matrices of a batch of products start: a product for each sample and head, or for each group of a convolution.</summary>
/// <param name="inner">Products of a sample.</param>
/// <param name="share">How many neighbouring products of a sample share a matrix.</param>
/// <param name="outerStride">From the matrices of a sample to those of the next.</param>
/// <param name="innerStride">From one matrix of a sample to the next.</param>
internal readonly struct Segment(int inner, int share, int outerStride, int innerStride)
{
    private readonly int inner = inner;
    private readonly float samplesPerProduct = 1f / inner;
    private readonly float matricesPerProduct = 1f / share;

    /// <summary>From the matrices of a sample to those of the next.</summary>
    public int OuterStride { get; } = outerStride;

    /// <summary>From one matrix of a sample to the next.</summary>
    public int InnerStride { get; } = innerStride;

    /// <summary>One matrix for all.</summary>
    public static Segment None => new(1, 1, 0, 0);

    /// <summary>One matrix after the other.</summary>
    public static Segment Every(int stride) => new(1, 1, stride, 0);

    /// <summary>The start of the matrix of a product. Divisions are products with reciprocals, as in <see cref="Columns.GroupOf"/>: the compiler may move them into a loop.</summary>
    public int Of(int product)
    {
        var outer = (int)((product + 0.5f) * samplesPerProduct);
        return (outer * OuterStride) + ((int)((product - (outer * inner) + 0.5f) * matricesPerProduct) * InnerStride);
    }
}
