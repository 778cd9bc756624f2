using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// The grids of inputs, one scale per tensor, codes from l to h: <c>x̂ = s · (clip(round(x / s) + z, l, h) - z)</c>, rounding to the nearest even.
/// </summary>
internal static class ActivationGrids
{
    /// <summary>A learned step or range stays at least this, by a clip that passes gradients: at 0 it would divide by zero.</summary>
    private const double Least = 1e-5;

    private const double PactStart = 8;

    private static readonly IReadOnlyDictionary<string, Func<ActivationSpec, Tensor, RoundedInput>> Grids = new Dictionary<string, Func<ActivationSpec, Tensor, RoundedInput>>
    {
        ["Uniform"] = Uniform,
        ["Lsq"] = Lsq,
        ["Pact"] = Pact,
        ["DoReFa"] = DoReFa,
    };

    public static IEnumerable<string> Schemes => Grids.Keys;

    public static RoundedInput Of(ActivationSpec spec, Tensor input) => Grids[spec.Scheme](spec, input);

    /// <summary>
    /// Calibrated step and zero point (Jacob et al. 2018, arXiv 1712.05877). The gradient passes straight through inside of the range; outside it is 0.
    /// </summary>
    private static RoundedInput Uniform(ActivationSpec spec, Tensor x)
    {
        var scale = new Tensor("input_scale", TensorRole.Buffer, [], Domain.Positive);
        var zero = new Tensor("input_zero", TensorRole.Buffer, []);
        var (z, low, high) = (spec.Signed ? (Expr)0 : zero.All, (Expr)spec.Lowest, (Expr)spec.Highest);
        var codes = Name("input_codes", Clamp(Round(x.All / scale.All) + z, low, high));
        var value = scale.All * (codes - z);
        var inside = Clamp(x.All, scale.All * (low - z), scale.All * (high - z));
        var stored = new StoredTensor(scale, "the step of the input's grid, calibrated; 0 until then");
        return new RoundedInput(
            spec, x, scale.All, spec.Signed ? null : zero.All, codes, Name("rounded_input", new Surrogate("straight-through in range", value, inside)),
            spec.Signed ? [stored] : [stored, new StoredTensor(zero, "the code of an input of 0, calibrated")],
            Note(spec, spec.Signed ? "s · clip(round(x / s), l, h)" : "s · (clip(round(x / s) + z, l, h) - z)", "Jacob et al.: Integer-Arithmetic-Only Inference, 2018, arXiv 1712.05877"));
    }

    /// <summary>
    /// Learned step (LSQ: Esser et al. 2020, arXiv 1902.08153): ∂x̂/∂x is 1 inside the range, 0 outside; ∂x̂/∂s = round(x / s) - x / s inside,
    /// l or h outside, scaled by 1 / √(N·h), N the inputs of the batch. s starts as 2·mean|x| / √h of the first batch.
    /// </summary>
    private static RoundedInput Lsq(ActivationSpec spec, Tensor x)
    {
        var stored = new Tensor("input_scale", TensorRole.Trainable, [], Domain.Positive);
        var count = x.Axes.Aggregate((Expr)1, (product, axis) => product * new SizeValue(axis.Size));
        var step = Name("input_step", new Surrogate("gradient scale", Max(stored.All, Number(Least)), stored.All / Sqrt(count * spec.Highest)));
        var clipped = Name("clipped_input", Clamp(x.All / step, spec.Lowest, spec.Highest));
        var codes = Name("input_codes", StraightThrough(Round(clipped), clipped));
        return new RoundedInput(
            spec, x, step, null, codes, Name("rounded_input", step * codes),
            [new StoredTensor(stored, "the step of the input's grid, learned; 0 until the first batch")],
            Note(spec, "s · round(clip(x / s, l, h))", "Esser et al.: Learned Step Size Quantization, 2020, arXiv 1902.08153"));
    }

    /// <summary>
    /// Learned range (PACT: Choi et al. 2018, arXiv 1805.06085): y = clip(x, 0, α), <c>x̂ = round(y·h / α)·α / h</c>; ∂x̂/∂x = 1 for 0 &lt; x &lt; α,
    /// ∂x̂/∂α = 1 for x ≥ α, and 0 otherwise. α starts at 8.
    /// </summary>
    private static RoundedInput Pact(ActivationSpec spec, Tensor x)
    {
        var stored = new Tensor("input_alpha", TensorRole.Trainable, [], Domain.Positive);
        var alpha = Name("alpha", new Surrogate("clip that passes gradients", Max(stored.All, Number(Least)), stored.All));
        var scale = Name("input_step", alpha / spec.Highest);
        var codes = Name("input_codes", Clamp(Round(x.All / scale), 0, spec.Highest));
        return new RoundedInput(
            spec, x, scale, null, codes, Name("rounded_input", StraightThrough(scale * codes, Max(0, Min(alpha, x.All)))),
            [new StoredTensor(stored, "α, above which inputs are clipped, learned") { Start = PactStart }],
            Note(spec, "round(clip(x, 0, α)·h / α)·α / h", "Choi et al.: PACT, 2018, arXiv 1805.06085"));
    }

    /// <summary>The fixed range from 0 to 1 (DoReFa-Net: Zhou et al. 2016, arXiv 1606.06160): <c>x̂ = round(h·clip(x, 0, 1)) / h</c>; the gradient passes inside.</summary>
    private static RoundedInput DoReFa(ActivationSpec spec, Tensor x)
    {
        var scale = (Expr)new Rational(1, spec.Highest);
        var codes = Name("input_codes", Clamp(Round(x.All / scale), 0, spec.Highest));
        return new RoundedInput(
            spec, x, scale, null, codes, Name("rounded_input", StraightThrough(scale * codes, Clamp(x.All, 0, 1))), [],
            Note(spec, "round(h·clip(x, 0, 1)) / h", "Zhou et al.: DoReFa-Net, 2016, arXiv 1606.06160"));
    }

    private static MethodNote Note(ActivationSpec spec, string formula, string paper) => new(
        "Activations", FormattableString.Invariant($"x̂ = {formula}, {spec.Bits} bits per tensor, l = {spec.Lowest}, h = {spec.Highest}"), paper);
}
