using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>
/// Where a convolution finds its inputs without a copy for each kernel element: the channels of a group with their zeros around them and, for a stride s,
/// every s-th line and column side by side. Then neighbouring outputs meet neighbouring inputs, at a distance that depends on the kernel element only, so that a
/// vector of outputs is a sum over kernel elements of a number times a vector. Outputs are computed along whole lines of a phase; what
/// lies beyond the last column is left out afterwards.
/// </summary>
internal readonly struct ImagePhases
{
    private readonly Conv2dGeometry geometry;
    private readonly int height;
    private readonly int width;

    /// <summary>Phases along a side: no more than the kernel meets.</summary>
    private readonly int phases;
    private readonly int lines;

    public ImagePhases(Conv2dGeometry geometry, int height, int width)
    {
        this.geometry = geometry;
        this.height = height;
        this.width = width;
        phases = 1;
        for (var u = 1; u < geometry.KernelSize && u * geometry.Dilation % geometry.Stride != 0; u++)
        {
            phases++; // residues of multiples of the dilation come in a cycle
        }

        Rows = geometry.OutputSize(height);
        Columns = geometry.OutputSize(width);
        var reach = (geometry.KernelSize - 1) * geometry.Dilation / geometry.Stride;
        LineLength = Columns + reach;
        lines = Rows + reach;
    }

    /// <summary>Lines of the output.</summary>
    public int Rows { get; }

    /// <summary>Columns of the output.</summary>
    public int Columns { get; }

    /// <summary>Values of a line of a phase: from one line of outputs to the next.</summary>
    public int LineLength { get; }

    /// <summary>The values of all phases of a group.</summary>
    public int Length => checked(geometry.InChannels / geometry.Groups * phases * phases * lines * LineLength);

    /// <summary>How many values are computed for each output that is wanted.</summary>
    public double Work => (((Rows - 1.0) * LineLength) + Columns) / ((double)Rows * Columns);

    /// <summary>For each input of an output, where the first output finds it.</summary>
    public void WritePlaces(Span<int> places)
    {
        var (next, plane) = (0, lines * LineLength);
        for (var channel = 0; channel < geometry.InChannels / geometry.Groups; channel++)
        {
            for (var u = 0; u < geometry.KernelSize; u++)
            {
                for (var v = 0; v < geometry.KernelSize; v++)
                {
                    var phase = (((channel * phases) + (u % phases)) * phases) + (v % phases);
                    places[next++] = (phase * plane) + (u * geometry.Dilation / geometry.Stride * LineLength) + (v * geometry.Dilation / geometry.Stride);
                }
            }
        }
    }

    /// <summary>Fills the phases of one channel.</summary>
    /// <param name="channel">Which of the group's.</param>
    /// <param name="image">(height, width).</param>
    /// <param name="target">All phases of the group.</param>
    public void Gather(int channel, ReadOnlySpan<float> image, Span<float> target)
    {
        for (var a = 0; a < phases; a++)
        {
            for (var b = 0; b < phases; b++)
            {
                var plane = target.Slice(((((channel * phases) + a) * phases) + b) * lines * LineLength, lines * LineLength);
                var (top, left) = ((a * geometry.Dilation % geometry.Stride) - geometry.Padding, (b * geometry.Dilation % geometry.Stride) - geometry.Padding);
                for (var line = 0; line < lines; line++, top += geometry.Stride)
                {
                    var to = plane.Slice(line * LineLength, LineLength);
                    if (top < 0 || top >= height)
                    {
                        to.Clear();
                    }
                    else
                    {
                        GatherLine(image.Slice(top * width, width), to, left);
                    }
                }
            }
        }
    }

    /// <summary>Values from a place on, a stride apart; zero outside of the line.</summary>
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
