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

        // Rounded to a multiple of the step at its exponent; rounding up to the next power of two needs no special case.
        var exponent = Operators.Name("exponent", Max(Floor(Log2(Max(relative, Number(Math.Pow(2, LeastExponent))))), LeastExponent));
        var steps = Min(Round(relative * Exp2(MantissaBits - exponent)), Number(Largest) * Exp2(MantissaBits - exponent));
        var magnitude = Operators.Name("magnitude", ((exponent - LeastExponent) * (1 << MantissaBits)) + steps);
        var negative = Greater(0, target.Weight) * Greater(magnitude, 0);
        var codes = Operators.Name("codes", magnitude + ((1 << (Bits - 1)) * negative));
        return new Coded(scale, null, codes, (code, s, _) => Decode(code, s), 0, (1 << Bits) - 1);
    }

    /// <summary>Pattern e·2^M + m without its sign: subnormal m · 2^(1 - bias - M), else (2^M + m) · 2^(e - bias - M).</summary>
    private Expr Decode(Expr code, Expr scale)
    {
        var top = 1 << (Bits - 1);
        var negative = Operators.Name("negative", GreaterOrEqual(code, top));
        var pattern = Operators.Name("pattern", code - (top * negative));
        var exponent = Operators.Name("stored", Floor(pattern / (1 << MantissaBits)));
        var mantissa = pattern - (exponent * (1 << MantissaBits));
        var isNormal = GreaterOrEqual(exponent, 1);
        return scale * (1 - (2 * negative)) * (mantissa + ((1 << MantissaBits) * isNormal)) * Exp2(Max(exponent, 1) - Bias - MantissaBits);
    }
}
