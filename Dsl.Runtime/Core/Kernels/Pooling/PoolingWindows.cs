namespace LayerDsl;

/// <summary>Where the windows of a plane lie.</summary>
internal readonly record struct PoolingWindows(string Name, int Height, int Width, int KernelSize, int Stride, int Padding)
{
    /// <summary>Lines of the output.</summary>
    public int Rows => ((Height + (2 * Padding) - KernelSize) / Stride) + 1;

    /// <summary>Columns of the output.</summary>
    public int Columns => ((Width + (2 * Padding) - KernelSize) / Stride) + 1;

    /// <summary>Refuses sizes and buffers that do not fit.</summary>
    public void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int planes)
    {
        Require.Positive(Name, "planes", planes);
        Require.Positive(Name, "kernel size", KernelSize);
        Require.Positive(Name, "stride", Stride);
        if (Padding < 0 || Padding > KernelSize / 2)
        {
            throw new LayerShapeException(Name, "padding", $"from 0 to {KernelSize / 2}, half of the window", $"{Padding}");
        }

        if (Math.Min(Height, Width) + (2 * Padding) < KernelSize)
        {
            throw new LayerShapeException(Name, "plane", $"at least {KernelSize - (2 * Padding)} × {KernelSize - (2 * Padding)}", $"{Height} × {Width}");
        }

        Require.Rows(Name, "length of the input", planes, checked(Height * Width), x.Length);
        Require.Rows(Name, "length of the output", planes, Rows * Columns, y.Length);
        Require.Separate(Name, x, y);
    }
}
