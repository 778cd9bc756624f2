using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Layers.Attention;

namespace LayerDsl.Generator.Scheduling;

/// <summary>The passes of a weight that is a product of stored factors.</summary>
/// <param name="Forward">The factors → the weight.</param>
/// <param name="Backward">The factors and the weight's gradient → their gradients.</param>
internal sealed record FactorPrograms(Program Forward, Program Backward)
{
    public static FactorPrograms Of(HeadFactors factors) => new(
        Scheduler.Schedule(factors.Order, [("product", factors.Product, factors.Axes)], "inputs"),
        Scheduler.Schedule(factors.Order, factors.Gradients().Select(gradient => (ReverseMode.NameOf(gradient.Tensor.Name), gradient.Value, gradient.Tensor.Axes)).ToArray(), "inputs", "gradY"));
}
