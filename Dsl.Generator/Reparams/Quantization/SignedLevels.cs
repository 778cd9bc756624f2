using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>Codes of a sign, the highest bit, and the number of a magnitude. Zero has the code 0, never that of -0.</summary>
/// <param name="Bits">With the sign.</param>
/// <param name="Magnitudes">At most 2^(bits - 1) levels from 0 on.</param>
internal sealed record SignedLevels(int Bits, Codebook Magnitudes)
{
    /// <summary>What the sign adds to a code.</summary>
    private int Top => 1 << (Bits - 1);

    public int Highest => (1 << Bits) - 1;

    public Expr Code(Expr relative)
    {
        var magnitude = Name("unsigned", Nearest(Magnitudes, Abs(relative)));
        return magnitude + (Top * (Greater(0, relative) * Greater(magnitude, 0)));
    }

    public Expr Decode(Expr code, Expr scale)
    {
        var negative = Name("negative", GreaterOrEqual(code, Top));
        return scale * (1 - (2 * negative)) * At(Magnitudes, Name("pattern", code - (Top * negative)));
    }
}
