using ILGPU;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>The patches of a convolution across, as the gradient of its kernel takes them: row (channel, u, v), column (image, p, q).</summary>
/// <param name="images">The images.</param>
/// <param name="table">For each row: its offset in an image, down, and to the right.</param>
/// <param name="shape">The sizes.</param>
internal readonly struct PatchColumns(ArrayView<float> images, ArrayView<int> table, PatchShape shape) : IWeights
{
    private readonly ArrayView<float> images = images;
    private readonly ArrayView<int> table = table;
    private readonly PatchShape shape = shape;

    /// <inheritdoc/>
    public int SharedLevels => 1;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => false;

    /// <inheritdoc/>
    public int Levels => 0;

    /// <inheritdoc/>
    public float Level(int code) => 0;

    /// <inheritdoc/>
    public Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end)
    {
        var entry = Patches.Entries * row;
        var element = new RowPlace(start + table[entry], table[entry + 1], table[entry + 2]);
        return new Octet(
            new Float4(At(element, column, end), At(element, column + 1, end), At(element, column + 2, end), At(element, column + 3, end)),
            new Float4(At(element, column + 4, end), At(element, column + 5, end), At(element, column + 6, end), At(element, column + 7, end)));
    }

    private float At(RowPlace element, int column, int end)
    {
        if (column >= end)
        {
            return 0;
        }

        var image = shape.Positions.Into(column);
        var position = column - (image * shape.Positions.Value);
        var line = shape.Across.Into(position);
        var top = (line * shape.Stride) - shape.Padding;
        var left = ((position - (line * shape.Across.Value)) * shape.Stride) - shape.Padding;
        return (uint)(top + element.Top) < (uint)shape.Height && (uint)(left + element.Left) < (uint)shape.Width
            ? images[element.Origin + (image * shape.ImageSize) + (top * shape.Width) + left]
            : 0;
    }
}

/// <summary>A kernel across, as the gradient of an image takes it: row c, column (output, u, v).</summary>
/// <param name="values">(outputs, channels, u, v).</param>
/// <param name="places">For each column its place in the first channel.</param>
/// <param name="elements">Values of a channel: u · v.</param>
internal readonly struct KernelColumns(ArrayView<float> values, ArrayView<int> places, int elements) : IWeights
{
    private readonly ArrayView<float> values = values;
    private readonly ArrayView<int> places = places;
    private readonly int elements = elements;

    /// <inheritdoc/>
    public int SharedLevels => 1;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => false;

    /// <inheritdoc/>
    public int Levels => 0;

    /// <inheritdoc/>
    public float Level(int code) => 0;

    /// <inheritdoc/>
    public Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end)
    {
        var first = start + (row * elements);
        return new Octet(
            new Float4(At(first, column, end), At(first, column + 1, end), At(first, column + 2, end), At(first, column + 3, end)),
            new Float4(At(first, column + 4, end), At(first, column + 5, end), At(first, column + 6, end), At(first, column + 7, end)));
    }

    private float At(int first, int column, int end) => column < end ? values[first + places[column]] : 0;
}
