namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Where the matrices of a batch of products start: a product for each sample and head, or for each group of a convolution.</summary>
/// <param name="inner">Products of a sample.</param>
/// <param name="share">How many neighbouring products of a sample share a matrix.</param>
/// <param name="outerStride">From the matrices of a sample to those of the next.</param>
/// <param name="innerStride">From one matrix of a sample to the next.</param>
internal readonly struct Segment(int inner, int share, int outerStride, int innerStride)
{
    private readonly Divisor inner = new(inner);
    private readonly Divisor share = new(share);

    /// <summary>From the matrices of a sample to those of the next.</summary>
    public int OuterStride { get; } = outerStride;

    /// <summary>From one matrix of a sample to the next.</summary>
    public int InnerStride { get; } = innerStride;

    /// <summary>One matrix for all.</summary>
    public static Segment None => new(1, 1, 0, 0);

    /// <summary>One matrix after the other.</summary>
    public static Segment Every(int stride) => new(1, 1, stride, 0);

    /// <summary>The start of the matrix of a product.</summary>
    public int Of(int product)
    {
        var outer = inner.Into(product);
        return (outer * OuterStride) + (share.Into(product - (outer * inner.Value)) * InnerStride);
    }
}
