using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Small floating-point formats (OCP Microscaling Formats 1.0, 2023; OCP 8-bit Floating Point 1.0, 2023; for weights: ZeroQuant-FP, arXiv 2307.09782):
/// <c>s · ±2^(e - bias) · (1 + m / 2^M)</c>, subnormal for e = 0; s = max|w| / the largest value; rounding to the nearest even, saturating.
/// The code is the format's own bit pattern: sign, exponent, mantissa. A zero has the code 0, never that of -0.
/// </summary>
internal sealed record FloatGrid(string Name, int ExponentBits, int MantissaBits, int Bias, double Largest)
{
    private const string Paper = "OCP Microscaling Formats 1.0, 2023; Wu et al.: ZeroQuant-FP, 2023, arXiv 2307.09782";

    /// <summary>The exponent of the smallest normal number, and of all subnormal ones.</summary>
    private int LeastExponent => 1 - Bias;

    private int Bits => 1 + ExponentBits + MantissaBits;

    public static Grid Grid(string name, int exponentBits, int mantissaBits, int bias, double largest)
    {
        var format = new FloatGrid(name, exponentBits, mantissaBits, bias, largest);
        return new Grid("s · " + name + "(W / s)", Paper, format.Bits, format.Bits, format.Code);
    }

    private Coded Code(GridTarget target)
    {
        var scale = Operators.Name("scale", target.Largest(Abs(target.Weight)) / Number(Largest));
        var relative = Operators.Name("relative", Abs(target.Weight) / GridTarget.NotZero(scale));
        var pattern = Operators.Name("unsigned", IsSmall ? Magnitudes.NumberOf(relative) : Round(relative));
        var negative = Greater(0, target.Weight) * Greater(pattern, 0);
        var codes = Operators.Name("codes", pattern + ((1 << (Bits - 1)) * negative));
        return new Coded(scale, null, codes, Decode, 0, (1 << Bits) - 1);

        // Rounded to a multiple of the step at its exponent; rounding up to the next power of two needs no special case.
        Expr Round(Expr x)
        {
            var exponent = Operators.Name("exponent", Max(Floor(Log2(Max(x, Number(Math.Pow(2, LeastExponent))))), LeastExponent));
            var steps = Operators.Round(x * Exp2(MantissaBits - exponent));
            return ((exponent - LeastExponent) * (1 << MantissaBits)) + Min(steps, Number(Largest) * Exp2(MantissaBits - exponent));
        }
    }

    /// <summary>The sign is the highest bit.</summary>
    private Expr Decode(Expr code, Expr scale, Expr? zero)
    {
        var top = 1 << (Bits - 1);
        var negative = Operators.Name("negative", GreaterOrEqual(code, top));
        var pattern = Operators.Name("pattern", code - (top * negative));
        return scale * (1 - (2 * negative)) * (IsSmall ? Magnitudes.At(pattern) : Value(pattern));
    }

    /// <summary>Pattern e·2^M + m: subnormal m · 2^(1 - bias - M), else (2^M + m) · 2^(e - bias - M).</summary>
    private Expr Value(Expr pattern)
    {
        var exponent = Operators.Name("stored", Floor(pattern / (1 << MantissaBits)));
        var mantissa = pattern - (exponent * (1 << MantissaBits));
        return (mantissa + ((1 << MantissaBits) * GreaterOrEqual(exponent, 1))) * Exp2(Max(exponent, 1) - Bias - MantissaBits);
    }

    /// <summary>Few enough patterns to list their values.</summary>
    private bool IsSmall => Bits <= 4;

    /// <summary>The values of all patterns without a sign; a tie goes to the even pattern.</summary>
    private Levels Magnitudes => new([.. Enumerable.Range(0, 1 << (Bits - 1)).Select(ValueOf)], tiesRise: k => k % 2 == 0);

    private double ValueOf(int pattern)
    {
        var (exponent, mantissa) = (pattern >> MantissaBits, pattern & ((1 << MantissaBits) - 1));
        return (mantissa + (exponent > 0 ? 1 << MantissaBits : 0)) * Math.Pow(2, Math.Max(exponent, 1) - Bias - MantissaBits);
    }
}
