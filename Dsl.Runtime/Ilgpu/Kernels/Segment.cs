namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Where the matrices of a batch of products start: a product for each sample and head, or for each group of a convolution.</summary>
/// <param name="Inner">Products of a sample.</param>
/// <param name="Share">How many neighbouring products of a sample share a matrix.</param>
/// <param name="OuterStride">From the matrices of a sample to those of the next.</param>
/// <param name="InnerStride">From one matrix of a sample to the next.</param>
internal readonly record struct Segment(int Inner, int Share, int OuterStride, int InnerStride)
{
    /// <summary>One matrix for all.</summary>
    public static Segment None => new(1, 1, 0, 0);

    /// <summary>One matrix after the other.</summary>
    public static Segment Every(int stride) => new(1, 1, stride, 0);

    /// <summary>The start of the matrix of a product.</summary>
    public int Of(int product)
    {
        var outer = product / Inner;
        return (outer * OuterStride) + ((product - (outer * Inner)) / Share * InnerStride);
    }
}
