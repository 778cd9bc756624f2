using ILGPU;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Weights in 32-bit floats, rows filled up with zeros to whole octets.</summary>
/// <param name="values">Two vectors for each octet, row after row.</param>
/// <param name="octets">Octets of a row.</param>
internal readonly struct FloatWeights(ArrayView<Float4> values, int octets) : IWeights
{
    private readonly ArrayView<Float4> values = values;
    private readonly int octets = octets;

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
        var place = 2 * (((start + row) * octets) + octet);
        return new Octet(values[place], values[place + 1]);
    }
}
