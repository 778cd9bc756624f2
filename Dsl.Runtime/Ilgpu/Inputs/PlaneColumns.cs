using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Inputs;

/// <summary>
/// Planes of images read across: row o of the product is plane o of every image, one image after the other, as the gradient of a kernel reads the gradients of the outputs.
/// </summary>
/// <param name="values">The images.</param>
/// <param name="positions">Values of a plane.</param>
/// <param name="imageSize">Values of an image, all planes.</param>
internal readonly struct PlaneColumns(ArrayView<float> values, Divisor positions, int imageSize) : ISingleInputs
{
    private readonly ArrayView<float> values = values;
    private readonly Divisor positions = positions;
    private readonly int imageSize = imageSize;

    /// <inheritdoc/>
    public RowPlace Find(int start, int row) => new(start + (row * positions.Value), 0, 0);

    /// <inheritdoc/>
    public Octet Load(RowPlace place, int column, int end) => SingleInputs.Load(this, place, column, end);

    /// <inheritdoc/>
    public float At(RowPlace place, int column, int end)
    {
        if (column >= end)
        {
            return 0;
        }

        var image = positions.Into(column);
        return values[place.Origin + (image * imageSize) + (column - (image * positions.Value))];
    }
}
