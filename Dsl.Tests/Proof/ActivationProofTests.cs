using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Tests.Proof;

/// <summary>The inference form in integer codes: proved, and refuted as soon as a scale, a zero point or a code is off.</summary>
public sealed class ActivationProofTests
{
    public static TheoryData<string> All =>
    [
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Activations = true)",
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Bits = 4, Symmetric = false, Granularity = Group, GroupSize = 4, Activations = true)",
        "Linear(inFeatures = 8, outFeatures = 4), Quantize(Bits = 4, Scheme = Log2, Activations = true)",
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

    private static void Refuted(Claim claim, Func<Expr, Expr> fault, string what)
    {
        var wrong = claim with { Inference = claim.Inference.Rewrite(fault) };
        if (!wrong.Inference.Equals(claim.Inference))
        {
            Assert.True(Prover.Prove(wrong, CancellationToken.None) is Verdict.Refuted, what + " may be off");
        }
    }
}
