using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Powers of two with a sign, <c>±s · 2^-k</c> (Miyashita et al. 2016, arXiv 1603.01025): k = clip(round(-log2(|w| / s)), 0, n - 1), n = 2^(b-1),
/// s = max|w|; and of √2, <c>±s · 2^(-k/2)</c>, k = clip(round(-2·log2(|w| / s)), 0, n - 1) (RepQ-ViT: Li et al. 2023, arXiv 2212.08254).
/// The exponent is rounded to the nearest even, so that levels change at √2·2^-k. There is no zero; a weight of 0 has the smallest magnitude, with
/// the sign +. The code is k for positive weights and n + k for negative ones: the sign is the highest bit.
/// A sum with powers of √2 is two sums with powers of 2, <c>Σ_{k even} ±x·2^(-k/2) + √2·Σ_{k odd} ±x·2^(-(k+1)/2)</c>: the paper's fold of log√2 to log2.
/// </summary>
internal static class LogGrids
{
    /// <summary>The logarithm of a weight of zero, far below every level.</summary>
    private const double Least = 1e-30;

    public static Grid Log2 { get; } = new("±s · 2^-k", "Miyashita et al.: Logarithmic Data Representation, 2016, arXiv 1603.01025", 2, 8, target => Code(target, 1));

    public static Grid LogSqrt2 { get; } = new("±s · 2^(-k/2)", "Li et al.: RepQ-ViT, 2023, arXiv 2212.08254", 2, 8, target => Code(target, 2));

    private static Coded Code(GridTarget target, int steps)
    {
        var half = target.Half;
        var scale = Name("scale", target.Largest(Abs(target.Weight)));
        var relative = Max(Abs(target.Weight) / GridTarget.NotZero(scale), Number(Least));
        var exponent = Name("exponent", Clamp(Round(-(steps * Operators.Log2(relative))), 0, half - 1));
        var negative = Greater(0, target.Weight);
        return new Coded(scale, null, Name("codes", exponent + (half * negative)), (code, s, _) => Decode(code, s, half, steps), 0, (2 * half) - 1)
        {
            IsOdd = steps == 2 ? code => IsOdd(Exponent(code, half)) : null,
        };
    }

    private static Expr Exponent(Expr code, int half) => code - (half * Name("negative", GreaterOrEqual(code, half)));

    private static Expr IsOdd(Expr exponent) => exponent - (2 * Floor(exponent / 2));

    private static Expr Decode(Expr code, Expr scale, int half, int steps)
    {
        var negative = Name("negative", GreaterOrEqual(code, half));
        return scale * (1 - (2 * negative)) * Exp2(((half * negative) - code) / steps);
    }
}
