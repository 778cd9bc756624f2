using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>
/// Weights ±2^n: an input is shifted by n and added or subtracted, nothing is multiplied. A weight is n with the sign in the highest bit.
/// </summary>
/// <param name="levels">The whole level of every code, each a power of two or its negative.</param>
/// <param name="fitsInt">Whether every sum fits into 32 bits.</param>
internal sealed class ShiftKernel(long[] levels, bool fitsInt) : IntegerKernel
{
    private readonly int[] shifts = Array.ConvertAll(levels, level => BitOperations.Log2((ulong)Math.Abs(level)) | (level < 0 ? int.MinValue : 0));

    /// <inheritdoc/>
    public override int Size => sizeof(int);

    /// <summary>Whether every level is a power of two or its negative.</summary>
    public static bool Fits(long[] levels) => Array.TrueForAll(levels, level => level != 0 && BitOperations.IsPow2(Math.Abs(level)));

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> codes, long zero, Span<byte> weights)
    {
        var target = MemoryMarshal.Cast<byte, int>(weights);
        for (var k = 0; k < codes.Length; k++)
        {
            target[k] = shifts[codes[k]];
        }
    }

    /// <inheritdoc/>
    public override double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights)
    {
        var other = MemoryMarshal.Cast<byte, int>(weights)[..steps.Length];
        var (sum, done) = !fitsInt ? (0L, 0)
            : Avx512F.IsSupported && Vector512.IsHardwareAccelerated ? Dot512(steps, other)
            : Avx2.IsSupported ? Dot256(steps, other)
            : (0L, 0);
        for (var k = done; k < steps.Length; k++)
        {
            var shifted = (long)steps[k] << (other[k] & int.MaxValue);
            sum += other[k] < 0 ? -shifted : shifted;
        }

        return sum;
    }

    private static (long Sum, int Done) Dot512(ReadOnlySpan<short> x, ReadOnlySpan<int> w)
    {
        var (sum, k) = (Vector512<int>.Zero, 0);
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (; k + Vector512<int>.Count <= x.Length; k += Vector512<int>.Count)
        {
            var code = Vector512.LoadUnsafe(ref right, (nuint)k);
            var shift = Vector512.BitwiseAnd(code, Vector512.Create(int.MaxValue)).AsUInt32();
            var shifted = Avx512F.ShiftLeftLogicalVariable(Avx512F.ConvertToVector512Int32(Vector256.LoadUnsafe(ref left, (nuint)k)), shift);

            // -v = (v xor -1) + 1: the sign is -1 or 0.
            var sign = Vector512.ShiftRightArithmetic(code, 31);
            sum += (shifted ^ sign) - sign;
        }

        return (Vector512.Sum(sum), k);
    }

    private static (long Sum, int Done) Dot256(ReadOnlySpan<short> x, ReadOnlySpan<int> w)
    {
        var (sum, k) = (Vector256<int>.Zero, 0);
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (; k + Vector256<int>.Count <= x.Length; k += Vector256<int>.Count)
        {
            var code = Vector256.LoadUnsafe(ref right, (nuint)k);
            var shift = Vector256.BitwiseAnd(code, Vector256.Create(int.MaxValue)).AsUInt32();
            var shifted = Avx2.ShiftLeftLogicalVariable(Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref left, (nuint)k)), shift);

            // -v = (v xor -1) + 1: the sign is -1 or 0.
            var sign = Vector256.ShiftRightArithmetic(code, 31);
            sum += (shifted ^ sign) - sign;
        }

        return (Vector256.Sum(sum), k);
    }
}
