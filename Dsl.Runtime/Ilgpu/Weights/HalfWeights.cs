using System.Runtime.InteropServices;
using ILGPU;
using LayerDsl.Ilgpu.Kernels;
using Half = ILGPU.Half;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Four neighbouring weights in 16-bit floats, which one instruction loads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Half4(Half x, Half y, Half z, Half w)
{
    /// <summary>The first value.</summary>
    public Half X = x;

    /// <summary>The second value.</summary>
    public Half Y = y;

    /// <summary>The third value.</summary>
    public Half Z = z;

    /// <summary>The fourth value.</summary>
    public Half W = w;

    /// <summary>The same values in 32 bits.</summary>
    public readonly Float4 Widen() => new(X, Y, Z, W);
}

/// <summary>Weights in 16-bit floats, rows filled up with zeros to whole octets; products and sums are in 32 bits.</summary>
/// <param name="values">Two vectors for each octet, row after row.</param>
/// <param name="octets">Octets of a row.</param>
internal readonly struct HalfWeights(ArrayView<Half4> values, int octets) : IWeights
{
    private readonly ArrayView<Half4> values = values;
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
        return new Octet(values[place].Widen(), values[place + 1].Widen());
    }
}
