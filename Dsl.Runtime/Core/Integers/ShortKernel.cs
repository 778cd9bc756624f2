using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>Weights of 16 bits and sums of 32: for whole levels below 2^15, and sums that were found to fit.</summary>
internal sealed class ShortKernel : IntegerKernel
{
    private readonly short[] levels;
    private readonly bool isConsecutive;

    /// <param name="levels">The whole level of every code.</param>
    public ShortKernel(long[] levels)
    {
        this.levels = Array.ConvertAll(levels, level => checked((short)level));
        isConsecutive = this.levels.Select((level, code) => level - code).Distinct().Count() == 1;
    }

    /// <inheritdoc/>
    public override int Size => sizeof(short);

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> codes, long zero, Span<byte> weights)
    {
        var target = MemoryMarshal.Cast<byte, short>(weights);
        if (isConsecutive)
        {
            Shift(codes, (short)(levels[0] - zero), target);
            return;
        }

        for (var k = 0; k < codes.Length; k++)
        {
            target[k] = (short)(levels[codes[k]] - zero);
        }
    }

    /// <inheritdoc/>
    public override long Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights)
    {
        var other = MemoryMarshal.Cast<byte, short>(weights)[..steps.Length];
        var (sum, done) = Vector512.IsHardwareAccelerated && Avx512BW.IsSupported ? Dot512(steps, other)
            : Avx2.IsSupported ? Dot256(steps, other)
            : DotVector(steps, other);
        for (var k = done; k < steps.Length; k++)
        {
            sum += steps[k] * other[k];
        }

        return sum;
    }

    /// <summary>Levels one apart: no table is needed.</summary>
    private static void Shift(ReadOnlySpan<byte> codes, short first, Span<short> target)
    {
        var k = 0;
        var offset = new Vector<short>(first);
        for (; k + Vector<byte>.Count <= codes.Length; k += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(codes[k..]), out var low, out var high);
            (Vector.AsVectorInt16(low) + offset).CopyTo(target[k..]);
            (Vector.AsVectorInt16(high) + offset).CopyTo(target[(k + Vector<short>.Count)..]);
        }

        for (; k < codes.Length; k++)
        {
            target[k] = (short)(codes[k] + first);
        }
    }

    private static (int Sum, int Done) Dot512(ReadOnlySpan<short> x, ReadOnlySpan<short> w)
    {
        var (sum, k) = (Vector512<int>.Zero, 0);
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (; k + Vector512<short>.Count <= x.Length; k += Vector512<short>.Count)
        {
            sum += Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(ref left, (nuint)k), Vector512.LoadUnsafe(ref right, (nuint)k));
        }

        return (Vector512.Sum(sum), k);
    }

    private static (int Sum, int Done) Dot256(ReadOnlySpan<short> x, ReadOnlySpan<short> w)
    {
        var (sum, k) = (Vector256<int>.Zero, 0);
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (; k + Vector256<short>.Count <= x.Length; k += Vector256<short>.Count)
        {
            sum += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref left, (nuint)k), Vector256.LoadUnsafe(ref right, (nuint)k));
        }

        return (Vector256.Sum(sum), k);
    }

    private static (int Sum, int Done) DotVector(ReadOnlySpan<short> x, ReadOnlySpan<short> w)
    {
        var (sum, k) = (Vector<int>.Zero, 0);
        for (; k + Vector<short>.Count <= x.Length; k += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(x[k..]), out var x0, out var x1);
            Vector.Widen(new Vector<short>(w[k..]), out var w0, out var w1);
            sum += (x0 * w0) + (x1 * w1);
        }

        return (Vector.Sum(sum), k);
    }
}
