namespace LayerDsl;

/// <summary>What lies under the kernel of a convolution at one output: the steps of (c, u, v), 0 outside of the image.</summary>
internal readonly ref struct StepWindow(Conv2dGeometry geometry, ReadOnlySpan<short> image, int height, int width)
{
    private readonly ReadOnlySpan<short> image = image;
    private readonly int columns = geometry.OutputSize(width);

    /// <summary>Gathers the window of an output.</summary>
    /// <param name="position">The output, row major.</param>
    /// <param name="window">Room for (c, u, v).</param>
    public void Gather(int position, Span<short> window)
    {
        var (p, q) = Math.DivRem(position, columns);
        var (top, left) = ((geometry.Stride * p) - geometry.Padding, (geometry.Stride * q) - geometry.Padding);
        var size = geometry.KernelSize;
        for (var channel = 0; channel < geometry.InChannels / geometry.Groups; channel++)
        {
            for (var u = 0; u < size; u++)
            {
                var line = top + (geometry.Dilation * u);
                var target = window.Slice(((channel * size) + u) * size, size);
                if ((uint)line >= (uint)height)
                {
                    target.Clear();
                }
                else
                {
                    GatherLine(image.Slice(((channel * height) + line) * width, width), target, left);
                }
            }
        }
    }

    private void GatherLine(ReadOnlySpan<short> line, Span<short> target, int from)
    {
        if (geometry.Dilation == 1 && from >= 0 && from + target.Length <= line.Length)
        {
            line.Slice(from, target.Length).CopyTo(target);
            return;
        }

        for (var v = 0; v < target.Length; v++, from += geometry.Dilation)
        {
            target[v] = (uint)from < (uint)line.Length ? line[from] : (short)0;
        }
    }
}
