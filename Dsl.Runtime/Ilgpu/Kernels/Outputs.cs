namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Where the outputs of a product lie.</summary>
internal interface IOutputs
{
    /// <summary>Whether outputs of neighbouring rows are neighbours in memory; a constant.</summary>
    bool RowsAreNeighbours { get; }

    /// <summary>The place of an output.</summary>
    int Of(int row, int output);
}

/// <summary>Row after row.</summary>
/// <param name="stride">From one row to the next.</param>
internal readonly struct OutputRows(int stride) : IOutputs
{
    private readonly int stride = stride;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => false;

    /// <inheritdoc/>
    public int Of(int row, int output) => (row * stride) + output;
}

/// <summary>Image after image, in each a plane for every output.</summary>
/// <param name="positions">Values of a plane.</param>
/// <param name="imageSize">Values of an image.</param>
internal readonly struct OutputPlanes(int positions, int imageSize) : IOutputs
{
    private readonly Divisor positions = new(positions);
    private readonly int imageSize = imageSize;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => true;

    /// <inheritdoc/>
    public int Of(int row, int output)
    {
        var image = positions.Into(row);
        return (image * imageSize) + (output * positions.Value) + (row - (image * positions.Value));
    }
}
