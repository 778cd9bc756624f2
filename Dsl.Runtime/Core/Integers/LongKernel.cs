using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Weights and sums of 64 bits: for levels or sums that do not fit into fewer.</summary>
internal sealed class LongKernel(long[] levels) : IntegerKernel
{
    /// <inheritdoc/>
    public override int Size => sizeof(long);

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> codes, long zero, Span<byte> weights)
    {
        var target = MemoryMarshal.Cast<byte, long>(weights);
        for (var k = 0; k < codes.Length; k++)
        {
            target[k] = levels[codes[k]] - zero;
        }
    }

    /// <inheritdoc/>
    public override double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights)
    {
        var other = MemoryMarshal.Cast<byte, long>(weights)[..steps.Length];
        var sum = 0L;
        for (var k = 0; k < steps.Length; k++)
        {
            sum += steps[k] * other[k];
        }

        return sum;
    }
}
