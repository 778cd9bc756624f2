using LayerDsl.Generator;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Proof;

/// <summary>
/// One fault at a time in the folds, the inference forms and the gradients of every kind of layer with every method, as the
/// generator builds them: what changes the function is refuted, what does not is recognised as equal.
/// </summary>
public class PlantedFaultTests(ITestOutputHelper output)
{
    /// <summary>Where an expression has more places for faults than that, every so manieth is taken.</summary>
    private const int MostMutants = 60;

    private const string Linear = "Linear(inFeatures = 8, outFeatures = 4)";
    private const string Conv = "Conv2d(inChannels = 4, outChannels = 4, kernelSize = 3";

    public static TheoryData<string> Layers =>
    [
        Conv + ")", Conv + ", Padding = 1)", Conv + ", Stride = 2, Padding = 1, Dilation = 2)", Conv + ", Groups = 2)",
        Conv + ", Padding = 1), LowRank(rank = 2)", Conv + ", Groups = 2), LowRank(rank = 2)", Conv + ", Padding = 1), Compander",
        Conv + ", Padding = 1), Quantize(Bits = 4)", Conv + "), SparseIso(sparsity = 0.5, Kind = Parallel)", Conv + "), SparseIso(sparsity = 0.5, Kind = Doped)",
        Linear + ", Quantize", Linear + ", Quantize(Bits = 4, Symmetric = false)", Linear + ", Quantize(Bits = 1)", Linear + ", Quantize(Bits = 4, Scheme = Log2)",
        Linear + ", Quantize(Bits = 4, Scheme = LogSqrt2)", Linear + ", Quantize(Bits = 2, Scheme = StatsQ)", Linear + ", Quantize(Bits = 4, Scheme = Lsq)",
        Linear + ", Quantize(Bits = 4, Scheme = Nf4)", Linear + ", Quantize(Bits = 4, Scheme = Fp4E2M1)", Linear + ", Quantize(Bits = 4, Scheme = Fp4E3M0)", Linear + ", Quantize(Scheme = Fp8E4M3)",
        Linear + ", Quantize(Bits = 4, Scheme = Apot)", Linear + ", Quantize(Bits = 2, Scheme = Binary)", Linear + ", Quantize(Bits = 4, Scheme = DoReFa)", Linear + ", Quantize(Bits = 4, Rounding = Stochastic)",
        Linear + ", Quantize(Bits = 4, Activations = true)", Linear + ", Quantize(Bits = 4, Activations = true, ActivationScheme = Lsq)", Linear + ", Quantize(Bits = 4, Activations = true, ActivationScheme = Pact)", Conv + ", Padding = 1), Quantize(Bits = 4, Activations = true)",
        Linear + ", Quantize(Bits = 4, Granularity = Group, GroupSize = 4)", Linear + ", Quantize(Bits = 4, Granularity = Tensor)",
        Linear + ", Quantize(Bits = 4), LowRank(rank = 2)", Linear + ", LowRank(rank = 2), Quantize(Bits = 4)", Linear + ", Compander, Quantize(Bits = 4)",
        Linear + ", SparseIso(sparsity = 0.5, Kind = Parallel)", Linear + ", SparseIso(sparsity = 0.5, Kind = Factorized)", Linear + ", SparseIso(sparsity = 0.5, Kind = Doped)",
        Linear + ", SparseIso(sparsity = 0.5, Kind = Doped), Quantize(Bits = 4)",
    ];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_fault_in_a_fold_is_refuted(string declaration)
    {
        var forms = Declarations.Forms(declaration);
        var claims = new[] { forms.Claim, forms.Packed?.Claim, forms.Activation?.Claim }.OfType<Claim>().ToArray();
        var verdicts = claims.SelectMany(claim => Some(Mutated(claim).ToArray()))
            .Select(m => (m.Fault, m.Claim, Verdict: Prover.Prove(m.Claim, CancellationToken.None))).ToArray();
        var equal = verdicts.Where(v => v.Verdict is Verdict.Proved).ToArray();
        output.WriteLine($"{declaration}: {verdicts.Length} faults, {verdicts.Count(v => v.Verdict is Verdict.Refuted)} refuted, {equal.Length} equal, {verdicts.Count(v => v.Verdict is Verdict.Tested)} only tested");
        var tested = verdicts.Where(v => v.Verdict is Verdict.Tested).ToArray();
        Assert.All(tested, v => Assert.True(AreEqual(v.Claim), $"{v.Fault} is {v.Verdict}"));
        Assert.All(equal, v => Assert.True(AreEqual(v.Claim), $"{v.Fault} is not equal"));
        Assert.True(verdicts.Length - equal.Length >= 10, $"only {verdicts.Length} faults");
    }

    /// <summary>What a surrogate stands for is a free value here: the backward pass takes it from the forward pass.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_fault_in_a_backward_pass_is_found(string declaration)
    {
        var forms = Declarations.Forms(declaration);
        var derived = ReverseMode.Differentiate(forms.Pass, LayerPrograms.OutputGradient(forms).All, LayerPrograms.Differentiable(forms));
        var (forward, gradients) = GradientCheck.WithFreeValues(forms.Pass, [.. derived.Select(gradient => (gradient.Tensor, gradient.Value))]);
        var results = gradients.SelectMany(gradient => Some(Mutants.Of(gradient.Gradient).Where(m => !IsAtKinkOnly(m.Fault)).DistinctBy(m => m.Mutant).ToArray()).Select(m => (gradient, m.Fault, m.Mutant, Report: GradientCheck.Run(
            forward, LayerPrograms.OutputGradient(forms), [(gradient.Tensor, m.Mutant)], CancellationToken.None)))).ToArray();
        var unnoticed = results.Where(result => result.Report.Error is null).ToArray();
        output.WriteLine($"{declaration}, backward: {results.Length} faults, {results.Length - unnoticed.Length} found, {unnoticed.Length} equal");
        Assert.All(unnoticed, result => Assert.True(
            IsEqualGradient(result.Mutant, result.gradient.Gradient),
            $"{result.gradient.Tensor.Name}, {result.Fault}: {result.Mutant} went unnoticed at {result.Report.Points} points"));
        Assert.True(results.Length - unnoticed.Length >= 10, $"only {results.Length} faults");
    }

    private static IEnumerable<(string Fault, Claim Claim)> Mutated(Claim claim) =>
        claim.Folds.SelectMany((fold, k) => Mutants.Of(fold.Value).Where(m => Fits(m.Mutant, fold.Folded)).DistinctBy(m => m.Mutant)
            .Select(m => ($"{fold.Folded.Name}, {m.Fault}: {m.Mutant}", claim with { Folds = claim.Folds.Select((other, j) => j == k ? other with { Value = m.Mutant } : other).ToEquatableArray() })))
        .Concat(Mutants.Of(claim.Inference).Where(m => m.Mutant.FreeIndices.IsSubsetOf(claim.Training.FreeIndices)).DistinctBy(m => m.Mutant)
            .Select(m => ($"inference form, {m.Fault}: {m.Mutant}", claim with { Inference = m.Mutant })));

    /// <summary>At a kink either side's slope is a derivative.</summary>
    private static bool IsAtKinkOnly(string fault) => fault is "strict" or "not strict";

    private static bool AreEqual(Claim claim) => PlainComparison.DisagreementAtExtremes(claim.Training, claim.InferenceOverStored()) is null;

    /// <summary>Equal everywhere, or wherever the layer has one derivative: ties of a maximum may be shared in other ways.</summary>
    private static bool IsEqualGradient(Expr mutant, Expr gradient) =>
        (PlainComparison.Disagreement(mutant, gradient) is null && Terms.Compare(mutant, gradient) is Verdict.Proved) || PlainComparison.DisagreementOffKinks(mutant, gradient) is null;

    private static bool Fits(Expr value, Tensor folded) => value.FreeIndices.IsSubsetOf(folded.Axes);

    private static IEnumerable<T> Some<T>(T[] all) => all.Where((_, k) => k % ((all.Length / MostMutants) + 1) == 0);
}
