using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Inputs;

/// <summary>
/// The places of images under a sliding kernel, as the rows of a matrix that is never stored: row (image, p, q), column (channel, u, v). Where a column lies in an
/// image comes from a table, so that no index is taken apart in the loop over columns.
/// </summary>
/// <param name="images">The images.</param>
/// <param name="table">For each column: its offset in an image, its offset down, its offset to the right.</param>
/// <param name="shape">The sizes.</param>
internal readonly struct Patches(ArrayView<float> images, ArrayView<int> table, PatchShape shape) : ISingleInputs
{
    /// <summary>Entries of the table for each column.</summary>
    public const int Entries = 3;

    private readonly ArrayView<float> images = images;
    private readonly ArrayView<int> table = table;
    private readonly PatchShape shape = shape;

    /// <inheritdoc/>
    public RowPlace Find(int start, int row)
    {
        var image = shape.Positions.Into(row);
        var position = row - (image * shape.Positions.Value);
        var line = shape.Across.Into(position);
        var top = (line * shape.Stride) - shape.Padding;
        var left = ((position - (line * shape.Across.Value)) * shape.Stride) - shape.Padding;
        return new RowPlace(start + (image * shape.ImageSize) + (top * shape.Width) + left, top, left);
    }

    /// <inheritdoc/>
    public Octet Load(RowPlace place, int column, int end) => SingleInputs.Load(this, place, column, end);

    /// <inheritdoc/>
    public float At(RowPlace place, int column, int end)
    {
        if (column >= end)
        {
            return 0;
        }

        var entry = Entries * column;
        var down = place.Top + table[entry + 1];
        var right = place.Left + table[entry + 2];

        // Compared without a sign, one comparison stands for two: what is negative is large.
        return (uint)down < (uint)shape.Height && (uint)right < (uint)shape.Width ? images[place.Origin + table[entry]] : 0;
    }
}

/// <summary>The sizes of a sliding kernel over images.</summary>
/// <param name="ImageSize">Values of an image, all channels.</param>
/// <param name="Height">Of an image.</param>
/// <param name="Width">Of an image.</param>
/// <param name="Positions">Outputs of a channel.</param>
/// <param name="Across">Outputs of a line.</param>
/// <param name="Stride">From one output to the next.</param>
/// <param name="Padding">Zeros on each side.</param>
internal readonly record struct PatchShape(int ImageSize, int Height, int Width, Divisor Positions, Divisor Across, int Stride, int Padding);
