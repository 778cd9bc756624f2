using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// NF4 (QLoRA: Dettmers et al. 2023, arXiv 2305.14314): 16 levels at quantiles of the normal distribution, 0 among them, s = max|w|; the nearest
/// level, and of two equally near ones the lower. Levels: Φ⁻¹ at 8 even steps from ½ to 0.9677083 and at 7 below, divided by the largest.
/// </summary>
internal static class NormalFloatGrid
{
    /// <summary>In float32, as the format's first implementation stores them.</summary>
    private static readonly Codebook Quantiles = Levels.Of(
        "NF4",
        [
            -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
            0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
        ],
        Ties.Lower);

    public static Grid Grid { get; } = new("s · nearest of 16 normal quantiles to W / s", "Dettmers et al.: QLoRA, 2023, arXiv 2305.14314", 4, 4, Code);

    private static Coded Code(GridTarget target)
    {
        var scale = Name("scale", target.Largest(Abs(target.Weight)));
        var relative = Name("relative", target.Weight / GridTarget.NotZero(scale));
        return new Coded(scale, null, Name("codes", Nearest(Quantiles, relative)), (code, s, _) => s * At(Quantiles, code), 0, Quantiles.Last);
    }
}
