using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Statistics-based quantization (OFQ: Liu et al. 2023, arXiv 2302.02210): s = 2 · mean|w|, without a gradient; with n = 2^(b-1) and
/// c = clip(w / s, -1, 1 - 1e-6) the weight is <c>s · (round(c·n - ½) + ½) / n</c>. Half steps: there is no zero. The gradient passes straight through
/// everywhere, also outside of the range.
/// </summary>
internal static class StatsQGrid
{
    private static readonly Rational Top = Rational.One - new Rational(1, 1_000_000);

    public static Grid Grid { get; } = new("s · (round(clip(W / s, -1, 1)·n - ½) + ½) / n, s = 2·mean|W|", "Liu et al.: Oscillation-free Quantization, 2023, arXiv 2302.02210", 1, 8, Code) { LeastBitsOfSteps = 1 };

    private static Coded Code(GridTarget target)
    {
        var half = new Rational(1, 2);
        var scale = Name("scale", 2 * target.MeanOf(Abs(target.Weight)));
        var clipped = Name("clipped", Clamp(target.Weight / GridTarget.NotZero(scale), -1, Top));

        // At c = -1 a tie may go to -n - 1, a level that there is not: with one bit always, else when rounding at random.
        var codes = Name("codes", Clamp(target.Rounded((clipped * target.Half) - half), -target.Half, target.Half - 1));
        return new Coded(scale, null, codes, (code, s, _) => s * ((code + half) / target.Half), -target.Half, target.Half - 1);
    }
}
