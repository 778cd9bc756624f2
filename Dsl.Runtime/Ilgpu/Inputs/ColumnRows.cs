using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Inputs;

/// <summary>A matrix read across: row r of the product is column r of the values, as the gradient of a weight reads the gradients of the outputs.</summary>
/// <param name="values">The values.</param>
/// <param name="stride">From one row of the values to the next.</param>
internal readonly struct ColumnRows(ArrayView<float> values, int stride) : IInputs
{
    private readonly ArrayView<float> values = values;
    private readonly int stride = stride;

    /// <inheritdoc/>
    public RowPlace Find(int start, int row) => new(start + row, 0, 0);

    /// <inheritdoc/>
    public Octet Load(RowPlace place, int column, int end) => Guarded.Load(values, place.Origin + (column * stride), stride, end - column);
}
