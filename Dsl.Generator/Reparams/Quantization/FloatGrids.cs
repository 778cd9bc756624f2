using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Small floating-point formats (OCP Microscaling Formats 1.0, 2023; OCP 8-bit Floating Point 1.0, 2023; for weights: ZeroQuant-FP, arXiv 2307.09782):
/// <c>s · ±2^(e - bias) · (1 + m / 2^M)</c>, subnormal for e = 0; s = max|w| / the largest value; rounding to the nearest even, saturating.
/// The code is the format's own bit pattern: sign, exponent, mantissa. A zero has the code 0, never that of -0.
/// </summary>
internal static class FloatGrid
{
    private const string Paper = "OCP Microscaling Formats 1.0, 2023; Wu et al.: ZeroQuant-FP, 2023, arXiv 2307.09782";

    public static Grid Grid(string name, int exponentBits, int mantissaBits, int bias, double largest)
    {
        var patterns = Enumerable.Range(0, 1 << (exponentBits + mantissaBits)).Select(pattern => ValueOf(pattern, mantissaBits, bias));
        var magnitudes = Levels.Of(name, patterns.TakeWhile(value => value <= largest), Ties.Even);
        var format = new SignedLevels(1 + exponentBits + mantissaBits, magnitudes);
        return new Grid("s · " + name + "(W / s)", Paper, format.Bits, format.Bits, target => Code(target, format));
    }

    private static Coded Code(GridTarget target, SignedLevels format)
    {
        var scale = Name("scale", target.Largest(Abs(target.Weight)) / format.Magnitudes.Levels[format.Magnitudes.Last]);
        var relative = Name("relative", target.Weight / GridTarget.NotZero(scale));
        return new Coded(scale, null, Name("codes", format.Code(relative)), (code, s, _) => format.Decode(code, s), 0, format.Highest);
    }

    /// <summary>Pattern e·2^M + m: subnormal m · 2^(1 - bias - M), else (2^M + m) · 2^(e - bias - M).</summary>
    private static double ValueOf(int pattern, int mantissaBits, int bias)
    {
        var (exponent, mantissa) = (pattern >> mantissaBits, pattern & ((1 << mantissaBits) - 1));
        return (mantissa + (exponent > 0 ? 1 << mantissaBits : 0)) * Math.Pow(2, Math.Max(exponent, 1) - bias - mantissaBits);
    }
}
