using System.Globalization;
using LayerDsl.Generator;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using Policy = LayerDsl.Generator.Declarations.TestedFolds;

namespace LayerDsl.Tests.Generator;

/// <summary>What users see of a fault in a fold or a gradient: planted between the stages, as no declaration can cause one.</summary>
public class ProofFindingTests
{
    private static readonly LayerTask Task = new(
        new TypeSpec("Demo", "FashionMlp", "public sealed partial", []),
        new LayerClassNames("MiddleLayer", "public sealed class MiddleLayer", "A layer."),
        Nested: true,
        "FashionMlp+MiddleLayer",
        new LayerSpec(
            "Middle",
            new AttributeSpec("Linear", [new AttributeArgument("inFeatures", "512", 512), new AttributeArgument("outFeatures", "512", 512)], "kind"),
            [new AttributeSpec("LowRank", [new AttributeArgument("rank", "8", 8)], "method")]));

    private static readonly ProvedLayer Layer = LayerPipeline.Prove(Task, new Examiner(), CancellationToken.None);

    [Fact]
    public void A_wrong_fold_is_an_error_with_a_true_counterexample_as_the_readme_shows_it()
    {
        var fold = Layer.Forms.FoldedWeight;
        var doubled = fold.Value.Rewrite(node => node is Reduce reduce ? 2 * reduce : node);
        var wrong = Layer.Forms with { Claim = Layer.Forms.Claim with { Folds = [fold with { Value = doubled }] } };
        var finding = Assert.Single(Findings(Layer with { Forms = wrong, Verdict = Prover.Prove(wrong.Claim, CancellationToken.None) }));
        IsInReadme(finding, "LDSL201");
    }

    [Fact]
    public void A_wrong_gradient_is_an_error_as_the_readme_shows_it()
    {
        var right = LayerPipeline.Differentiate(Layer, new Examiner(), CancellationToken.None);
        var gradients = right.Gradients.Select(gradient => gradient.Tensor.Name == "lora_A" ? gradient with { Value = -gradient.Value } : gradient).ToEquatableArray();
        var check = GradientCheck.Run(
            Layer.Forms.Training, LayerDsl.Generator.Scheduling.LayerPrograms.OutputGradient(Layer.Forms), [.. gradients.Select(gradient => (gradient.Tensor, gradient.Value))], CancellationToken.None);
        IsInReadme(Assert.Single(Emit(right with { Gradients = gradients, Check = check })), "LDSL203");
    }

    [Fact]
    public void A_fold_that_is_only_tested_is_a_warning_an_error_or_nothing_by_policy()
    {
        var finding = Assert.Single(Findings(Layer with { Verdict = new Verdict.Tested("it agrees at 3 random points") }));
        Assert.Equal("LDSL202", finding.Descriptor.Id);
        Assert.Equal("LDSL202", Assert.Single(ProofPolicy.Apply(finding, Policy.Warn)).Descriptor.Id);
        Assert.Empty(ProofPolicy.Apply(finding, Policy.Allow));
        var refused = Assert.Single(ProofPolicy.Apply(finding, Policy.Refuse));
        Assert.True(refused.IsError);
        Assert.Equal("LDSL204", refused.Descriptor.Id);
    }

    [Fact]
    public void The_policy_leaves_refutations_and_wrong_gradients_alone()
    {
        var finding = Assert.Single(Findings(Layer with { Verdict = new Verdict.Refuted("with x=[1] training gives 1, inference gives 2") }));
        Assert.All(Enum.GetValues<Policy>(), policy => Assert.Equal([finding], ProofPolicy.Apply(finding, policy)));
    }

    [Theory]
    [InlineData("", "Warn")]
    [InlineData("[assembly: ProofPolicy(LayerDsl.TestedFolds.Warn)]", "Warn")]
    [InlineData("[assembly: ProofPolicy(LayerDsl.TestedFolds.Refuse)]", "Refuse")]
    [InlineData("[assembly: ProofPolicy(LayerDsl.TestedFolds.Allow)]", "Allow")]
    [InlineData("[assembly: ProofPolicy((LayerDsl.TestedFolds)17)]", "Warn")]
    public void The_policy_is_read_from_the_assembly(string attribute, string expected) =>
        Assert.Equal(expected, ProofPolicy.Of(GeneratorRun.Compile(attribute).Assembly).ToString());

    [Fact]
    public void The_attribute_and_the_generator_mean_the_same_values() =>
        Assert.Equal(Enum.GetNames<LayerDsl.TestedFolds>(), Enum.GetNames<Policy>());

    [Fact]
    public void A_gradient_that_was_checked_nowhere_is_a_warning()
    {
        var layer = LayerPipeline.Differentiate(Layer, new Examiner(), CancellationToken.None);
        var finding = Assert.Single(Emit(layer with { Check = new GradientReport(null, [], 0) { Reason = "the proof needs more than 400000 steps" } }));
        Assert.Equal("LDSL205", finding.Descriptor.Id);
        Assert.Contains("needs more than 400000 steps", finding.ToDiagnostic(GeneratorRun.Compile()).GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_that_runs_out_degrades_to_tested_and_says_so()
    {
        var verdict = Prover.Prove(Layer.Forms.Claim, stepLimit: 20, CancellationToken.None);
        var finding = Assert.Single(Findings(Layer with { Verdict = verdict }));
        Assert.Equal("LDSL202", finding.Descriptor.Id);
        Assert.Contains("more than 20 steps", finding.ToDiagnostic(GeneratorRun.Compile()).GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static IEnumerable<DiagnosticInfo> Findings(ProvedLayer layer) => Emit(LayerPipeline.Differentiate(layer, new Examiner(), CancellationToken.None));

    private static IEnumerable<DiagnosticInfo> Emit(DifferentiatedLayer layer) => LayerPipeline.Emit(LayerPipeline.Schedule(layer)).Diagnostics
        .Where(finding => finding.Descriptor.DefaultSeverity > Microsoft.CodeAnalysis.DiagnosticSeverity.Info);

    private static void IsInReadme(DiagnosticInfo finding, string id)
    {
        Assert.True(finding.IsError);
        var text = $"error {id}: {finding.ToDiagnostic(GeneratorRun.Compile()).GetMessage(CultureInfo.InvariantCulture)}";
        Assert.True(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")).Contains(text, StringComparison.Ordinal), "The README lacks: " + text);
    }
}
