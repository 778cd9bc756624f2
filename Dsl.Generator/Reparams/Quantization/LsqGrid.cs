using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Learned step size (LSQ: Esser et al. 2020, arXiv 1902.08153): <c>s · round(clip(w / s, -n, n - 1))</c>, n = 2^(b-1), with a trained s that starts as
/// 2·mean|w| / √(n - 1). Through the rounding the gradient passes straight; so ∂/∂w is 1 inside the range and 0 outside, and
/// ∂/∂s = round(w / s) - w / s inside, -n or n - 1 outside, scaled by 1 / √(count · (n - 1)). s stays at least 1e-8, by a clip that passes gradients.
/// </summary>
internal static class LsqGrid
{
    private const double LeastStep = 1e-8;

    public static Grid Grid { get; } = new("s · round(clip(W / s, -n, n - 1))", "Esser et al.: Learned Step Size Quantization, 2020, arXiv 1902.08153", 2, 8, Code) { LeastBitsOfSteps = 2 };

    private static Coded Code(GridTarget target)
    {
        var stored = new Tensor("scale", TensorRole.Trainable, target.ScaleAxes);
        var factor = 1 / Sqrt(target.Count * (target.Half - 1));
        var scale = Name("step", new Surrogate("gradient scale", Max(stored.All, Number(LeastStep)), factor * stored.All));
        var clipped = Name("clipped", Clamp(target.Weight / scale, -target.Half, target.Half - 1));
        var codes = Name("codes", StraightThrough(target.Rounded(clipped), clipped));
        var start = 2 / Math.Sqrt(target.Half - 1);
        return new Coded(scale, null, codes, (code, s, _) => s * code, -target.Half, target.Half - 1)
        {
            Training = scale * codes,
            Stored = [new StoredTensor(stored, "the step size, learned")],
            Initialization = [new InitStep.Store(stored, Max(Number(start) * target.MeanOf(Abs(target.Target)), Number(LeastStep)))],
        };
    }
}
