namespace LayerDsl;

/// <summary>One convolution of a batch: what every part of it needs.</summary>
internal readonly ref struct ConvolutionWork
{
    public ConvolutionWork(PackedTiles weight, Conv2dGeometry geometry, int height, int width)
    {
        Weight = weight;
        Geometry = geometry;
        Height = height;
        Width = width;
        Rows = geometry.OutputSize(height);
        Columns = geometry.OutputSize(width);
    }

    public PackedTiles Weight { get; }

    public Conv2dGeometry Geometry { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Lines of an output.</summary>
    public int Rows { get; }

    /// <summary>Columns of an output.</summary>
    public int Columns { get; }

    /// <summary>Values of an output channel.</summary>
    public int Positions => Rows * Columns;

    /// <summary>Input channels of a group.</summary>
    public int Channels => Geometry.InChannels / Geometry.Groups;

    /// <summary>Output channels of a group.</summary>
    public int Outputs => Geometry.OutChannels / Geometry.Groups;

    public ReadOnlySpan<float> X { get; init; }

    public Span<float> Y { get; init; }

    public ReadOnlySpan<float> Bias { get; init; }

    public Epilogue Epilogue { get; init; }

    /// <summary>The channels of a group of an image.</summary>
    public ReadOnlySpan<float> Input(int image, int group) =>
        X.Slice(((image * Geometry.InChannels) + (group * Channels)) * Height * Width, Channels * Height * Width);

    /// <summary>Where the output of a channel starts.</summary>
    public int Start(int image, int channel) => ((image * Geometry.OutChannels) + channel) * Positions;

    /// <summary>Completes some outputs of a channel that hold sums: bias, residual, activation.</summary>
    public void Finish(int start, int length) => Epilogue.Slice(start, length).Finish(Y.Slice(start, length));
}
