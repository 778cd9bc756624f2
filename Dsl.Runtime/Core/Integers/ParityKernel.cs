using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LayerDsl;

/// <summary>
/// Weights ±√2^n as shifts: even powers are powers of two, odd ones √2 times such, so that inputs are shifted into one of two sums and √2 is multiplied once,
/// <c>Σ_{n even} ±x·2^(n/2) + √2·Σ_{n odd} ±x·2^((n-1)/2)</c> (the fold of log√2 to log2 of RepQ-ViT: Li et al. 2023, arXiv 2212.08254). A weight is the shift, with
/// the sign in the highest bit and whether n is odd in the next one.
/// </summary>
internal sealed class ParityKernel : IntegerKernel
{
    private const int Odd = 1 << 30;
    private const double Tolerance = 1e-6;

    private readonly int[] weights;
    private readonly bool fitsInt;

    private ParityKernel(int[] weights, bool fitsInt) => (this.weights, this.fitsInt) = (weights, fitsInt);

    /// <inheritdoc/>
    public override int Size => sizeof(int);

    /// <summary>Writes levels as s·2^n and s·√2·2^n, n from 0 on.</summary>
    /// <param name="levels">The levels.</param>
    /// <param name="mostShift">The largest n of use.</param>
    /// <returns>The kernel's weights, and 1/s; null where a level is neither.</returns>
    public static (int[] Weights, long Factor)? Split(IReadOnlyList<float> levels, int mostShift)
    {
        var powers = levels.Select(level => 2 * Math.Log2(Math.Abs((double)level))).ToArray();
        if (!powers.All(power => Math.Abs(power - Math.Round(power)) < Tolerance))
        {
            return null;
        }

        // 2^(n/2) = 2^floor(n/2) · √2^(n mod 2), for negative n too.
        var exponents = Array.ConvertAll(powers, power => (int)Math.Round(power));
        var least = exponents.Min() >> 1;
        var most = exponents.Max() >> 1;
        if (least > 0 || -least > mostShift || most - least > mostShift)
        {
            return null;
        }

        return ([.. exponents.Select((n, code) => ((n >> 1) - least) | ((n & 1) == 1 ? Odd : 0) | (levels[code] < 0 ? int.MinValue : 0))], 1L << -least);
    }

    /// <param name="weights">Of <see cref="Split"/>.</param>
    /// <param name="fitsInt">Whether every sum fits into 32 bits.</param>
    /// <returns>The kernel.</returns>
    public static ParityKernel Of(int[] weights, bool fitsInt) => new(weights, fitsInt);

    /// <summary>The largest whole number among the weights.</summary>
    public static long Largest(int[] weights) => weights.Max(weight => 1L << ShiftOf(weight));

    /// <inheritdoc/>
    public override void Unpack(ReadOnlySpan<byte> codes, long zero, Span<byte> weights)
    {
        var target = MemoryMarshal.Cast<byte, int>(weights);
        for (var k = 0; k < codes.Length; k++)
        {
            target[k] = this.weights[codes[k]];
        }
    }

    /// <inheritdoc/>
    public override double Dot(ReadOnlySpan<short> steps, ReadOnlySpan<byte> weights)
    {
        var other = MemoryMarshal.Cast<byte, int>(weights)[..steps.Length];
        var (even, odd, done) = !fitsInt ? (0L, 0L, 0)
            : Avx512F.IsSupported && Vector512.IsHardwareAccelerated ? Dot512(steps, other)
            : Avx2.IsSupported ? Dot256(steps, other)
            : (0L, 0L, 0);
        for (var k = done; k < steps.Length; k++)
        {
            var shifted = (long)steps[k] << ShiftOf(other[k]);
            var signed = other[k] < 0 ? -shifted : shifted;
            (even, odd) = (other[k] & Odd) == 0 ? (even + signed, odd) : (even, odd + signed);
        }

        return even + (Math.Sqrt(2) * odd);
    }

    private static int ShiftOf(int weight) => weight & (Odd - 1);

    private static (long Even, long Odd, int Done) Dot512(ReadOnlySpan<short> x, ReadOnlySpan<int> w)
    {
        var (even, odd, k) = (Vector512<int>.Zero, Vector512<int>.Zero, 0);
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (; k + Vector512<int>.Count <= x.Length; k += Vector512<int>.Count)
        {
            var code = Vector512.LoadUnsafe(ref right, (nuint)k);
            var shift = Vector512.BitwiseAnd(code, Vector512.Create(Odd - 1)).AsUInt32();
            var shifted = Avx512F.ShiftLeftLogicalVariable(Avx512F.ConvertToVector512Int32(Vector256.LoadUnsafe(ref left, (nuint)k)), shift);

            // -v = (v xor -1) + 1: the sign, and whether the power is odd, are -1 or 0.
            var sign = Vector512.ShiftRightArithmetic(code, 31);
            var isOdd = Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(code, 1), 31);
            var signed = (shifted ^ sign) - sign;
            even += Vector512.AndNot(signed, isOdd);
            odd += signed & isOdd;
        }

        return (Vector512.Sum(even), Vector512.Sum(odd), k);
    }

    private static (long Even, long Odd, int Done) Dot256(ReadOnlySpan<short> x, ReadOnlySpan<int> w)
    {
        var (even, odd, k) = (Vector256<int>.Zero, Vector256<int>.Zero, 0);
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(w);
        for (; k + Vector256<int>.Count <= x.Length; k += Vector256<int>.Count)
        {
            var code = Vector256.LoadUnsafe(ref right, (nuint)k);
            var shift = Vector256.BitwiseAnd(code, Vector256.Create(Odd - 1)).AsUInt32();
            var shifted = Avx2.ShiftLeftLogicalVariable(Avx2.ConvertToVector256Int32(Vector128.LoadUnsafe(ref left, (nuint)k)), shift);

            // -v = (v xor -1) + 1: the sign, and whether the power is odd, are -1 or 0.
            var sign = Vector256.ShiftRightArithmetic(code, 31);
            var isOdd = Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(code, 1), 31);
            var signed = (shifted ^ sign) - sign;
            even += Vector256.AndNot(signed, isOdd);
            odd += signed & isOdd;
        }

        return (Vector256.Sum(even), Vector256.Sum(odd), k);
    }
}
