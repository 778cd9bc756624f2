using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Inputs;

/// <summary>
/// The outputs that a place of an image takes part in, as the rows of a matrix that is never stored: row (image, h, w), column (output channel, u, v). The value is that of the
/// output whose window has its element (u, v) on the place, and 0 where there is none.
/// </summary>
/// <param name="outputs">The gradients of the outputs.</param>
/// <param name="table">For each column: the start of its channel, its offset down, its offset to the right.</param>
/// <param name="shape">The sizes.</param>
internal readonly struct TransposedPatches(ArrayView<float> outputs, ArrayView<int> table, TransposedShape shape) : ISingleInputs
{
    private readonly ArrayView<float> outputs = outputs;
    private readonly ArrayView<int> table = table;
    private readonly TransposedShape shape = shape;

    /// <inheritdoc/>
    public RowPlace Find(int start, int row)
    {
        var image = shape.Plane.Into(row);
        var place = row - (image * shape.Plane.Value);
        var line = shape.Width.Into(place);
        return new RowPlace(start + (image * shape.ImageSize), line + shape.Padding, place - (line * shape.Width.Value) + shape.Padding);
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

        var entry = Patches.Entries * column;
        var down = place.Top - table[entry + 1];
        var right = place.Left - table[entry + 2];
        if ((down | right) < 0)
        {
            return 0;
        }

        var (line, across) = (shape.Stride.Into(down), shape.Stride.Into(right));
        return line * shape.Stride.Value == down && across * shape.Stride.Value == right && line < shape.Down && across < shape.Across
            ? outputs[place.Origin + table[entry] + (line * shape.Across) + across]
            : 0;
    }
}

/// <summary>The sizes of a sliding kernel, seen from the image.</summary>
/// <param name="ImageSize">Outputs of an image, all channels.</param>
/// <param name="Down">Lines of outputs.</param>
/// <param name="Across">Outputs of a line.</param>
/// <param name="Plane">Places of a channel of the image.</param>
/// <param name="Width">Of the image.</param>
/// <param name="Stride">From one output to the next.</param>
/// <param name="Padding">Zeros on each side.</param>
internal readonly record struct TransposedShape(int ImageSize, int Down, int Across, Divisor Plane, Divisor Width, Divisor Stride, int Padding);
