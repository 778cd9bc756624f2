using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>Weights of 16 bits and sums of 32: for whole levels below 2^15, and sums that were found to fit.</summary>
internal sealed class ShortKernel : IntegerKernel
{
    /// <summary>Up to this size of a group a lane's part of its sum is exact in a float32 as well, for products below 2^16.</summary>
    private const int LargestLaneGroup = 1024;

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
    public override double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights)
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

    /// <inheritdoc/>
    /// <remarks>Small groups: every lane of a vector is scaled on its own, so that lanes are added up once for a row and not once for a group.</remarks>
    public override double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights, int group, ReadOnlySpan<float> scales)
    {
        var other = MemoryMarshal.Cast<byte, short>(weights)[..steps.Length];
        return group >= steps.Length || group > LargestLaneGroup || steps.Length % group != 0 ? base.Dot(steps, weights, group, scales)
            : Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && group % Vector512<short>.Count == 0 ? Groups512(steps, other, group, scales)
            : Avx2.IsSupported && group % Vector256<short>.Count == 0 ? Groups256(steps, other, group, scales)
            : base.Dot(steps, weights, group, scales);
    }

    private static double Groups512(ReadOnlySpan<short> x, ReadOnlySpan<short> w, int group, ReadOnlySpan<float> scales)
    {
        var sum = Vector512<float>.Zero;
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (var k = 0; k < scales.Length; k++)
        {
            var part = Vector512<int>.Zero;
            for (var at = k * group; at < (k + 1) * group; at += Vector512<short>.Count)
            {
                part += Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(ref left, (nuint)at), Vector512.LoadUnsafe(ref right, (nuint)at));
            }

            sum = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(part), Vector512.Create(scales[k]), sum);
        }

        return Vector512.Sum(sum);
    }

    private static double Groups256(ReadOnlySpan<short> x, ReadOnlySpan<short> w, int group, ReadOnlySpan<float> scales)
    {
        var sum = Vector256<float>.Zero;
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (var k = 0; k < scales.Length; k++)
        {
            var part = Vector256<int>.Zero;
            for (var at = k * group; at < (k + 1) * group; at += Vector256<short>.Count)
            {
                part += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref left, (nuint)at), Vector256.LoadUnsafe(ref right, (nuint)at));
            }

            sum = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(part), Vector256.Create(scales[k]), sum);
        }

        return Vector256.Sum(sum);
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
