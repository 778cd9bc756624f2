using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>Where results of strips go: as many as there are, plus the bias.</summary>
/// <param name="y">(rows, outputs).</param>
/// <param name="bias">(outputs), or empty.</param>
/// <param name="outputs">Values of a row.</param>
/// <param name="rows">Rows of inputs.</param>
internal readonly ref struct TileOutput(Span<float> y, ReadOnlySpan<float> bias, int outputs, int rows)
{
    private const int MostLanes = TileShape.TileRows;

    private readonly Span<float> y = y;
    private readonly ReadOnlySpan<float> bias = bias;

    /// <summary>Rows of inputs.</summary>
    public int Rows => rows;

    /// <summary>Writes the results of a strip for one row of inputs.</summary>
    public void Write<TLanes, TV>(TV values, int row, int first)
        where TLanes : struct, ILanes<TV>
        where TV : struct
    {
        Span<float> lanes = stackalloc float[MostLanes];
        TLanes.Store(values, ref Unsafe.As<float, byte>(ref lanes[0]));
        Write(lanes[..(Unsafe.SizeOf<TV>() / sizeof(float))], row, first);
    }

    /// <summary>Writes results of neighbouring outputs for one row of inputs.</summary>
    public void Write(ReadOnlySpan<float> values, int row, int first)
    {
        var count = Math.Min(values.Length, outputs - first);
        if (count <= 0)
        {
            return;
        }

        var target = y.Slice((row * outputs) + first, count);
        for (var k = 0; k < target.Length; k++)
        {
            target[k] = bias.IsEmpty ? values[k] : values[k] + bias[first + k];
        }
    }
}
