using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Values that a layer before has made, as the weights of a product: the keys of an attention head.</summary>
/// <param name="values">The values.</param>
/// <param name="stride">From one row to the next.</param>
internal readonly struct ValueRows(ArrayView<float> values, int stride) : IWeights
{
    private readonly ArrayView<float> values = values;
    private readonly int stride = stride;

    /// <inheritdoc/>
    public int SharedLevels => 1;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => false;

    /// <inheritdoc/>
    public int Levels => 0;

    /// <inheritdoc/>
    public float Level(int code) => 0;

    /// <inheritdoc/>
    public Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end) =>
        Guarded.Load(values, start + (row * stride) + column, 1, end - column);
}

/// <summary>The same, transposed: column k of a row is row k of the values, as the values that an attention head averages are.</summary>
/// <param name="values">The values.</param>
/// <param name="stride">From one column to the next.</param>
internal readonly struct ValueColumns(ArrayView<float> values, int stride) : IWeights
{
    private readonly ArrayView<float> values = values;
    private readonly int stride = stride;

    /// <inheritdoc/>
    public int SharedLevels => 1;

    /// <inheritdoc/>
    public bool RowsAreNeighbours => true;

    /// <inheritdoc/>
    public int Levels => 0;

    /// <inheritdoc/>
    public float Level(int code) => 0;

    /// <inheritdoc/>
    public Octet Load(ArrayView<float> levels, int start, int row, int octet, int group, int column, int end) =>
        Guarded.Load(values, start + row + (column * stride), stride, end - column);
}
