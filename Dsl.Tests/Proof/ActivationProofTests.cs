using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Tests.Proof;

/// <summary>The inference form in integer codes: proved, and refuted as soon as a scale, a zero point or a code is off.</summary>
public sealed class ActivationProofTests
{
    public static TheoryData<string> All =>
    [
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Activations = true)",
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Bits = 4, Symmetric = false, Granularity = Group, GroupSize = 4, Activations = true)",
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Bits = 4, Scheme = Log2, Activations = true)",
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Bits = 4, Scheme = LogSqrt2, Activations = true)",
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Bits = 4, Scheme = LogSqrt2, Granularity = Group, GroupSize = 4, Activations = true)",
        "Conv2d(inChannels = 4, outChannels = 6, kernelSize = 3, Groups = 2, Padding = 1), Quantize(Bits = 4, Scheme = LogSqrt2, Activations = true)",
        "Conv2d(inChannels = 4, outChannels = 6, kernelSize = 3, Groups = 2, Padding = 1), Quantize(Symmetric = false, Activations = true)",
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Codes_and_scales_are_proved_and_faults_are_refuted(string declaration)
    {
        var claim = Declarations.Forms(declaration).Activation!.Claim;
        Assert.IsType<Verdict.Proved>(Prover.Prove(claim, CancellationToken.None));
        Assert.Contains("input_codes", claim.Inference.ToString(), StringComparison.Ordinal);
        foreach (var tensor in new[] { "input_zero", "input_scale", "scales", "zeros" })
        {
            Refuted(claim, node => node is Access access && access.Tensor.Name == tensor ? node + 1 : node, tensor);
        }

        Refuted(claim, node => node is Access { Tensor.Name: "codes" } ? node + 1 : node, "codes");
        Refuted(claim, node => node is Access { Tensor.Name: "input_codes" } ? node + 1 : node, "input_codes");
    }

    /// <summary>The declared gradients, each with one fault: without the mask, without the factor, of the other sign.</summary>
    [Theory]
    [InlineData("Uniform")]
    [InlineData("Lsq")]
    [InlineData("Pact")]
    [InlineData("DoReFa")]
    public void A_fault_in_the_gradient_of_a_rounded_input_is_found(string scheme)
    {
        var forms = Declarations.Forms($"Linear(inFeatures = 8, outFeatures = 4), Quantize(Activations = true, ActivationBits = 2, ActivationScheme = {scheme})");
        var rounded = forms.Activation!.Rounded;
        var above = LayerPrograms.InputGradient(forms);
        var gradients = ReverseMode.Differentiate(rounded.Training, above.All, LayerPrograms.Differentiable(rounded));
        Assert.Equal(scheme is "Lsq" or "Pact" ? 2 : 1, gradients.Count);
        foreach (var gradient in gradients)
        {
            var right = Check(gradient.Value);
            Assert.True(right is { Error: null, Points: > 0 }, right.Error);
            Assert.NotEmpty(right.Surrogates);
            Assert.NotNull(Check(-gradient.Value).Error);
            Assert.NotNull(Check(2 * gradient.Value).Error);
            Assert.NotNull(Check(gradient.Tensor == rounded.Input ? above.All : gradient.Value.Rewrite(node => node is Map { Function: Function.GreaterOrEqual or Function.Greater } ? 1 : node)).Error);

            GradientReport Check(Expr value) => GradientCheck.Run(rounded.Training, above, [(gradient.Tensor, value)], CancellationToken.None);
        }
    }

    private static void Refuted(Claim claim, Func<Expr, Expr> fault, string what)
    {
        var wrong = claim with { Inference = claim.Inference.Rewrite(fault) };
        if (!wrong.Inference.Equals(claim.Inference))
        {
            Assert.True(Prover.Prove(wrong, CancellationToken.None) is Verdict.Refuted, what + " may be off");
        }
    }
}
