namespace LayerDsl;

/// <summary>
/// What lies under the kernel of a convolution, for some outputs at a time: row j / 2 holds inputs j and j + 1 of every output side by side; steps of 0
/// outside of the image and in place of a missing last input.
/// </summary>
internal readonly ref struct PairTile(Conv2dGeometry geometry, ReadOnlySpan<short> image, int height, int width, int stride)
{
    private readonly ReadOnlySpan<short> image = image;
    private readonly int columns = geometry.OutputSize(width);

    /// <summary>Fills a tile for outputs <paramref name="first"/> and following.</summary>
    /// <param name="tile">(pairs, stride) of pairs.</param>
    /// <param name="first">The first output.</param>
    /// <param name="count">How many.</param>
    public void Gather(Span<short> tile, int first, int count)
    {
        if (geometry.InputsPerOutput % 2 == 1)
        {
            tile[^(2 * stride)..].Clear();
        }

        var (row, size) = (0, geometry.KernelSize);
        for (var channel = 0; channel < geometry.InChannels / geometry.Groups; channel++)
        {
            var plane = image.Slice(channel * height * width, height * width);
            for (var u = 0; u < size; u++)
            {
                for (var v = 0; v < size; v++, row++)
                {
                    Gather(plane, tile.Slice(row / 2 * 2 * stride, 2 * stride)[(row % 2)..], first, count, u, v);
                }
            }
        }
    }

    /// <summary>One element of the kernel: every second place of the target, one line of the output after the other.</summary>
    private void Gather(ReadOnlySpan<short> plane, Span<short> target, int first, int count, int u, int v)
    {
        for (var done = 0; done < count;)
        {
            var (p, q) = Math.DivRem(first + done, columns);
            var length = Math.Min(columns - q, count - done);
            var line = (geometry.Stride * p) + (geometry.Dilation * u) - geometry.Padding;
            var values = line < 0 || line >= height ? [] : plane.Slice(line * width, width);
            var from = (geometry.Stride * q) + (geometry.Dilation * v) - geometry.Padding;
            for (var k = 0; k < length; k++, from += geometry.Stride)
            {
                target[2 * (done + k)] = (uint)from < (uint)values.Length ? values[from] : (short)0;
            }

            done += length;
        }
    }
}
