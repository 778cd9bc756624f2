using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Small floating-point formats (OCP Microscaling Formats 1.0, 2023; OCP 8-bit Floating Point 1.0, 2023; for weights: ZeroQuant-FP, arXiv 2307.09782):
/// <c>s · ±2^(e - bias) · (1 + m / 2^M)</c>, subnormal for e = 0; s = max|w| / the largest value; rounding to the nearest even, saturating.
/// The code is the format's own bit pattern: sign, exponent, mantissa. A zero has the code 0, never that of -0.
/// </summary>
/// <param name="Bits">Sign, exponent and mantissa.</param>
/// <param name="Magnitudes">The values of all patterns without a sign, up to the largest; a tie goes to the even pattern, whose last bit is 0.</param>
internal sealed record FloatGrid(int Bits, Codebook Magnitudes)
{
    private const string Paper = "OCP Microscaling Formats 1.0, 2023; Wu et al.: ZeroQuant-FP, 2023, arXiv 2307.09782";

    public static Grid Grid(string name, int exponentBits, int mantissaBits, int bias, double largest)
    {
        var patterns = Enumerable.Range(0, 1 << (exponentBits + mantissaBits)).Select(pattern => ValueOf(pattern, mantissaBits, bias));
        var format = new FloatGrid(1 + exponentBits + mantissaBits, Levels.Of(name, patterns.TakeWhile(value => value <= largest), Ties.Even));
        return new Grid("s · " + name + "(W / s)", Paper, format.Bits, format.Bits, format.Code);
    }

    private Coded Code(GridTarget target)
    {
        var scale = Operators.Name("scale", target.Largest(Abs(target.Weight)) / Magnitudes.Levels[Magnitudes.Last]);
        var relative = Operators.Name("relative", Abs(target.Weight) / GridTarget.NotZero(scale));
        var pattern = Operators.Name("unsigned", Nearest(Magnitudes, relative));
        var negative = Greater(0, target.Weight) * Greater(pattern, 0);
        var codes = Operators.Name("codes", pattern + ((1 << (Bits - 1)) * negative));
        return new Coded(scale, null, codes, Decode, 0, (1 << Bits) - 1);
    }

    /// <summary>The sign is the highest bit.</summary>
    private Expr Decode(Expr code, Expr scale, Expr? zero)
    {
        var top = 1 << (Bits - 1);
        var negative = Operators.Name("negative", GreaterOrEqual(code, top));
        var pattern = Operators.Name("pattern", code - (top * negative));
        return scale * (1 - (2 * negative)) * At(Magnitudes, pattern);
    }

    /// <summary>Pattern e·2^M + m: subnormal m · 2^(1 - bias - M), else (2^M + m) · 2^(e - bias - M).</summary>
    private static double ValueOf(int pattern, int mantissaBits, int bias)
    {
        var (exponent, mantissa) = (pattern >> mantissaBits, pattern & ((1 << mantissaBits) - 1));
        return (mantissa + (exponent > 0 ? 1 << mantissaBits : 0)) * Math.Pow(2, Math.Max(exponent, 1) - bias - mantissaBits);
    }
}
