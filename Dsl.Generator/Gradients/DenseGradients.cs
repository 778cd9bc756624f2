using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Gradients;

/// <summary>
/// The gradients of masked weights as if there were no mask: with W' = M ⊙ W the derivative for W' itself, where that for W is
/// M times as much. A probe P in M ⊙ W + P is differentiated for and then set to zero.
/// </summary>
internal static class DenseGradients
{
    /// <summary>A form with a probe beside each mask, and the gradients for the probes.</summary>
    /// <param name="Form">The forward form, with the probes.</param>
    /// <param name="Probes">For each mask, in order, its probe and the gradient for it; the probes still stand in them.</param>
    internal sealed record Probed(Expr Form, EquatableArray<Gradient> Probes);

    public static Probed Probe(Expr form, Expr outputGradient, IReadOnlyList<Tensor> masks)
    {
        var probes = masks.Select(ProbeOf).ToArray();
        var probed = form.Rewrite(node => node is Map { Function: Function.Multiply } product && product.Arguments[0] is Access mask && masks.Contains(mask.Tensor)
            ? node + new Access(ProbeOf(mask.Tensor), mask.At)
            : node);
        return new Probed(probed, ReverseMode.Differentiate(probed, outputGradient, probes).ToEquatableArray());
    }

    /// <summary>The gradients over the stored tensors, each under the name of its mask.</summary>
    public static IEnumerable<Gradient> WithoutProbes(Probed probed, IReadOnlyList<Tensor> masks) => masks.Zip(
        probed.Probes,
        (mask, gradient) => new Gradient(mask, new Named(ReverseMode.NameOf(mask.Name), Unprobed(gradient.Value is Named named ? named.Body : gradient.Value, masks))));

    private static Expr Unprobed(Expr gradient, IReadOnlyList<Tensor> masks) =>
        gradient.Rewrite(node => node is Access access && masks.Any(mask => access.Tensor == ProbeOf(mask)) ? 0 : node);

    private static Tensor ProbeOf(Tensor mask) => new(mask.Name + "_probe", TensorRole.Trainable, mask.Axes);
}
