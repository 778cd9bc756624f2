using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// What lies under the kernel of a convolution, for some outputs at a time: row (c, u, v), column (p, q), so that a convolution
/// is a matrix product (im2col; Chellapilla, Puri, Simard 2006). A tile is small enough to stay in the second-level cache.
/// </summary>
internal readonly struct WindowTile
{
    /// <summary>128 kB.</summary>
    private const int TileFloats = 32 * 1024;

    private readonly Conv2dGeometry geometry;
    private readonly int height;
    private readonly int width;
    private readonly int columns;

    /// <param name="geometry">The convolution.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    /// <param name="block">Outputs that are computed at once: rows are whole blocks long.</param>
    /// <param name="most">The most outputs of a tile, unless a block is more.</param>
    public WindowTile(Conv2dGeometry geometry, int height, int width, int block, int most)
    {
        this.geometry = geometry;
        this.height = height;
        this.width = width;
        columns = geometry.OutputSize(width);
        Positions = checked(geometry.OutputSize(height) * columns);
        Width = Math.Min(Math.Max(block, Math.Min(TileFloats / geometry.InputsPerOutput, most) / block * block), Positions);
        Stride = (Width + block - 1) / block * block;
    }

    /// <summary>How many outputs an image has in each channel.</summary>
    public int Positions { get; }

    /// <summary>How many of them a tile holds.</summary>
    public int Width { get; }

    /// <summary>From one row of a tile to the next: whole blocks of the product.</summary>
    public int Stride { get; }

    /// <summary>The values of a tile.</summary>
    public int Length => checked(Stride * geometry.InputsPerOutput);

    /// <summary>Fills a tile with what outputs <paramref name="first"/> and following meet; zero where that lies outside of the image.</summary>
    public void Gather(ReadOnlySpan<float> x, Span<float> tile, int first, int count)
    {
        var row = 0;
        for (var channel = 0; channel < geometry.InChannels / geometry.Groups; channel++)
        {
            var image = x.Slice(channel * height * width, height * width);
            for (var u = 0; u < geometry.KernelSize; u++)
            {
                for (var v = 0; v < geometry.KernelSize; v++, row++)
                {
                    var target = tile.Slice(row * Stride, Stride);
                    Gather(image, target, first, count, u, v);
                    target[count..].Clear();
                }
            }
        }
    }

    /// <summary>One element of the kernel: one line of the output after the other.</summary>
    private void Gather(ReadOnlySpan<float> image, Span<float> target, int first, int count, int u, int v)
    {
        for (var done = 0; done < count;)
        {
            var (p, q) = Math.DivRem(first + done, columns);
            var length = Math.Min(columns - q, count - done);
            var line = (geometry.Stride * p) + (geometry.Dilation * u) - geometry.Padding;
            var part = target.Slice(done, length);
            if (line < 0 || line >= height)
            {
                part.Clear();
            }
            else
            {
                GatherLine(image.Slice(line * width, width), part, (geometry.Stride * q) + (geometry.Dilation * v) - geometry.Padding);
            }

            done += length;
        }
    }

    /// <summary>Values from a place on, a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherLine(ReadOnlySpan<float> line, Span<float> target, int from)
    {
        if (geometry.Stride == 1)
        {
            var before = Math.Clamp(-from, 0, target.Length);
            var inside = Math.Clamp(line.Length - from - before, 0, target.Length - before);
            target[..before].Clear();
            if (inside > 0)
            {
                line.Slice(from + before, inside).CopyTo(target[before..]);
            }

            target[(before + inside)..].Clear();
            return;
        }

        for (var k = 0; k < target.Length; k++, from += geometry.Stride)
        {
            target[k] = (uint)from < (uint)line.Length ? line[from] : 0;
        }
    }
}
