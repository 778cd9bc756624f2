using LayerDsl.Generator;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Tests.Proof;

/// <summary>Faults planted in the backward passes of normalizations, whose gradients run through statistics of their input.</summary>
public class NormFaultTests
{
    private const int MostMutants = 30;

    [Theory]
    [InlineData("BatchNorm2d(features = 3)", true)]
    [InlineData("BatchNorm2d(features = 3, Affine = false)", true)]
    [InlineData("BatchNorm2d(features = 3)", false)]
    [InlineData("BatchNorm1d(features = 3)", true)]
    [InlineData("BatchNorm1d(features = 3, Affine = false)", true)]
    [InlineData("BatchNorm1d(features = 3)", false)]
    [InlineData("LayerNorm(features = 4)", false)]
    [InlineData("RmsNorm(features = 4)", false)]
    public void Every_fault_in_a_backward_pass_is_found(string declaration, bool isTraining)
    {
        var forms = Declarations.Forms(declaration);
        var form = isTraining ? forms.Norm!.Batch! : forms.Training;
        var above = LayerPrograms.OutputGradient(forms);
        foreach (var gradient in ReverseMode.Differentiate(form, above.All, LayerPrograms.Differentiable(forms)))
        {
            var mutants = Mutants.Of(gradient.Value).DistinctBy(m => m.Mutant).ToArray();
            foreach (var (fault, mutant) in mutants.Where((_, k) => k % ((mutants.Length / MostMutants) + 1) == 0))
            {
                var report = GradientCheck.Run(form, above, [(gradient.Tensor, mutant)], CancellationToken.None);
                Assert.True(report.Error is not null || Terms.Compare(mutant, gradient.Value) is Verdict.Proved, $"{gradient.Tensor.Name}, {fault}: {mutant} went unnoticed at {report.Points} points");
            }
        }
    }

    [Theory]
    [InlineData("BatchNorm2d(features = 3)")]
    [InlineData("BatchNorm2d(features = 3, Affine = false)")]
    [InlineData("BatchNorm1d(features = 3)")]
    [InlineData("BatchNorm1d(features = 3, Affine = false)")]
    public void Every_fault_in_a_fold_is_refuted(string declaration)
    {
        var claim = Declarations.Forms(declaration).Claim;
        for (var k = 0; k < claim.Folds.Count; k++)
        {
            foreach (var (fault, mutant) in Mutants.Of(claim.Folds[k].Value).Where(m => m.Mutant.FreeIndices.IsSubsetOf(claim.Folds[k].Folded.Axes)).DistinctBy(m => m.Mutant))
            {
                var wrong = claim with { Folds = claim.Folds.Select((fold, j) => j == k ? fold with { Value = mutant } : fold).ToEquatableArray() };
                Assert.True(Prover.Prove(wrong, CancellationToken.None) is Verdict.Refuted || Terms.Compare(mutant, claim.Folds[k].Value) is Verdict.Proved, $"{fault}: {mutant}");
            }
        }
    }
}
