using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Equal steps (Jacob et al. 2018, arXiv 1712.05877): symmetric <c>s · round(w / s)</c> with s = max|w| / (2^(b-1) - 1), or with a zero point
/// <c>s · (clip(round(w / s) + z, 0, 2^b - 1) - z)</c>, whose range always includes 0, so that 0 stays 0. Rounding is to the nearest even.
/// With one symmetric bit it is the sign with the least squares scale, <c>mean|w| · sign(w)</c> (XNOR-Net: Rastegari et al. 2016,
/// arXiv 1603.05279), sign(0) = 1.
/// </summary>
internal static class UniformGrid
{
    public static Grid Grid { get; } = new("s · clip(round(W / s))", "Jacob et al.: Integer-Arithmetic-Only Inference, 2018, arXiv 1712.05877", 1, 8, Code) { LeastBitsOfSteps = 2 };

    private static Coded Code(GridTarget target) => !target.Symmetric ? WithZeroPoint(target) : target.Bits == 1 ? Signs(target) : Symmetric(target);

    private static Coded Symmetric(GridTarget target)
    {
        var scale = Name("scale", target.Largest(Abs(target.Weight)) / (target.Half - 1));
        var codes = Name("codes", Clamp(target.Rounded(target.Weight / GridTarget.NotZero(scale)), -target.Half, target.Half - 1));
        return new Coded(scale, null, codes, (code, s, _) => s * code, -target.Half, target.Half - 1);
    }

    private static Coded WithZeroPoint(GridTarget target)
    {
        var levels = (2 * target.Half) - 1;
        var low = Name("low", Max(target.Largest(-target.Weight), 0));
        var high = Name("high", Max(target.Largest(target.Weight), 0));
        var scale = Name("scale", (low + high) / levels);
        var zero = Name("zero", Round(low / GridTarget.NotZero(scale)));
        var codes = Name("codes", Clamp(target.Rounded(target.Weight / GridTarget.NotZero(scale)) + zero, 0, levels));
        return new Coded(scale, zero, codes, (code, s, z) => s * (code - z!), 0, levels) { Formula = "s · (clip(round(W / s) + z) - z)" };
    }

    private static Coded Signs(GridTarget target) => new(
        Name("scale", target.MeanOf(Abs(target.Weight))),
        null,
        Name("codes", GreaterOrEqual(target.Weight, 0)),
        (code, s, _) => s * ((2 * code) - 1),
        0,
        1)
    {
        Formula = "s · sign(W), s = mean|W|",
    };
}
