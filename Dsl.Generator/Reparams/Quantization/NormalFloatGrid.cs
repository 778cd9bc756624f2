using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// NF4 (QLoRA: Dettmers et al. 2023, arXiv 2305.14314): 16 levels at quantiles of the normal distribution, 0 among them, s = max|w|; the nearest
/// level, and of two equally near ones the lower. Levels: Φ⁻¹ at 8 even steps from ½ to 0.9677083 and at 7 below, divided by the largest.
/// </summary>
internal static class NormalFloatGrid
{
    /// <summary>The levels in float32, as the format's first implementation stores them.</summary>
    private static readonly double[] Levels =
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
        0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ];

    public static Grid Grid { get; } = new("s · nearest of 16 normal quantiles to W / s", "Dettmers et al.: QLoRA, 2023, arXiv 2305.14314", 4, 4, Code);

    private static Coded Code(GridTarget target)
    {
        var scale = Name("scale", target.Largest(Abs(target.Weight)));
        var relative = Name("relative", target.Weight / GridTarget.NotZero(scale));
        var codes = Steps(k => Greater(relative, Number((Levels[k - 1] + Levels[k]) / 2)), _ => 1);
        return new Coded(scale, null, Name("codes", codes), Decode, 0, Levels.Length - 1);
    }

    private static Expr Decode(Expr code, Expr scale, Expr? zero) =>
        scale * (Number(Levels[0]) + Steps(k => GreaterOrEqual(code, k), k => Number(Levels[k]) - Number(Levels[k - 1])));

    /// <summary>Σ_k height_k · [step k is passed].</summary>
    private static Expr Steps(Func<int, Expr> isPassed, Func<int, Expr> height) =>
        Enumerable.Range(1, Levels.Length - 1).Aggregate((Expr)0, (sum, k) => sum + (height(k) * isPassed(k)));
}
