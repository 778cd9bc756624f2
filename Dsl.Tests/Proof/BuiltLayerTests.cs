using System.Diagnostics;
using LayerDsl.Generator;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Proof;

/// <summary>The layers as the generator builds them, every composition of methods and options: proved, differentiated, and with faults planted.</summary>
public class BuiltLayerTests(ITestOutputHelper output)
{
    private static readonly AttributeSpec?[] Companders =
    [
        null,
        .. new[] { "Arctan", "Tanh", "Softsign", "MuLaw" }.Select(curve => Attribute("Compander", new AttributeArgument("Curve", curve, 0))),
        Attribute("Compander", new AttributeArgument("Learnable", "false", 0), new AttributeArgument("B", "0.25", 0.25)),
    ];

    private static readonly AttributeSpec?[] LowRanks =
    [
        null,
        Attribute("LowRank", new AttributeArgument("rank", "4", 4)),
        Attribute("LowRank", new AttributeArgument("rank", "3", 3), new AttributeArgument("Alpha", "16", 16), new AttributeArgument("RankStabilized", "true", 1)),
        Attribute("LowRank", new AttributeArgument("rank", "4", 4), new AttributeArgument("Alpha", "10", 10), new AttributeArgument("Freeze", "true", 1)),
    ];

    private static readonly LayerForms[] Layers = [.. Specifications().Select(LinearLayer.Kind.Build)];

    [Fact]
    public void Every_composition_is_proved() => Assert.All(Layers, layer => Assert.IsType<Verdict.Proved>(Prover.Prove(layer.Claim, CancellationToken.None)));

    [Fact]
    public void Every_backward_pass_agrees_with_forward_mode() => Assert.All(Layers, layer =>
    {
        var report = Check(layer, Gradients(layer));
        Assert.Null(report.Error);
        Assert.True(report.Points > 0, layer.Title + " was checked nowhere");
    });

    /// <summary>Times are only reported; steps do not depend on the machine.</summary>
    [Fact]
    public void Every_proof_takes_a_fraction_of_its_budget()
    {
        foreach (var round in new[] { "first", "second" })
        {
            var times = Layers.Select(TimeOf).OrderBy(time => time.Total).ToArray();
            output.WriteLine($"{round} round: median {times[times.Length / 2].Total:F1} ms, worst {times[^1].Total:F1} ms ({times[^1].Title}); worst proof {times.Max(time => time.Proof):F1} ms");
        }

        Assert.All(Layers, layer => Assert.IsType<Verdict.Proved>(Prover.Prove(layer.Claim, Prover.StepLimit / 10, CancellationToken.None)));
    }

    [Fact]
    public void Every_fault_in_a_fold_is_refuted()
    {
        var verdicts = Layers.Where(layer => layer.Bias is not null).SelectMany(layer => Mutants.Of(layer.FoldedWeight.Value).DistinctBy(m => m.Mutant)
            .Where(m => !m.Mutant.Equals(layer.FoldedWeight.Value))
            .Select(m => (layer.Title, m.Fault, m.Mutant, Verdict: Prover.Prove(WithFold(layer, m.Mutant), CancellationToken.None)))).ToArray();
        var equal = verdicts.Where(v => v.Verdict is Verdict.Proved).ToArray();
        output.WriteLine($"{verdicts.Length} mutants of folds, {verdicts.Count(v => v.Verdict is Verdict.Refuted)} refuted, {equal.Length} equal");
        Assert.All(verdicts, v => Assert.False(v.Verdict is Verdict.Tested, $"{v.Title}, {v.Fault}: {v.Mutant} is {v.Verdict}"));
        Assert.All(equal, v => Assert.True(Equal(v.Mutant, LayerOf(v.Title).FoldedWeight.Value), $"{v.Title}, {v.Fault}: {v.Mutant} is not the same"));
        Assert.True(verdicts.Length >= 200, $"only {verdicts.Length} mutants");
    }

    [Fact]
    public void Every_fault_in_a_backward_pass_is_found()
    {
        var results = Layers.Where(layer => layer.Bias is not null).SelectMany(layer => Gradients(layer).SelectMany(gradient => Mutants.Of(gradient.Value).DistinctBy(m => m.Mutant)
            .Select(m => (layer.Title, gradient, m.Fault, m.Mutant, Report: Check(layer, [gradient with { Value = m.Mutant }]))))).ToArray();
        var unnoticed = results.Where(result => result.Report.Error is null).ToArray();
        output.WriteLine($"points: {string.Join(", ", Layers.Select(layer => Check(layer, Gradients(layer)).Points).Distinct())}");
        output.WriteLine($"{results.Length} mutants of gradients, {results.Length - unnoticed.Length} found, {unnoticed.Length} equal");
        Assert.All(unnoticed, result => Assert.True(
            Equal(result.Mutant, result.gradient.Value), $"{result.Title}, {result.gradient.Tensor.Name}, {result.Fault}: {result.Mutant} went unnoticed at {result.Report.Points} points"));
        Assert.True(results.Length >= 200, $"only {results.Length} mutants");
    }

    private static (double Proof, double Total, string Title) TimeOf(LayerForms layer)
    {
        var watch = Stopwatch.StartNew();
        Prover.Prove(layer.Claim, CancellationToken.None);
        var proof = watch.Elapsed.TotalMilliseconds;
        Check(layer, Gradients(layer));
        return (proof, watch.Elapsed.TotalMilliseconds, layer.Title);
    }

    private static IEnumerable<LayerSpec> Specifications() =>
        from bias in new[] { true, false }
        from compander in Companders
        from lowRank in LowRanks
        from order in compander is null || lowRank is null ? new[] { 0 } : [0, 1]
        let methods = new[] { order == 0 ? compander : lowRank, order == 0 ? lowRank : compander }.Where(method => method is not null).Select(method => method!)
        select new LayerSpec("Layer", Attribute(
            "Linear",
            new AttributeArgument("inFeatures", "12", 12),
            new AttributeArgument("outFeatures", "8", 8),
            new AttributeArgument("Bias", bias ? "true" : "false", bias ? 1 : 0)), methods.ToEquatableArray());

    private static AttributeSpec Attribute(string name, params AttributeArgument[] arguments) => new(name, arguments.ToEquatableArray(), "here");

    private static LayerForms LayerOf(string title) => Layers.First(layer => layer.Title == title);

    private static Claim WithFold(LayerForms layer, Expr value) => layer.Claim with { Folds = [layer.FoldedWeight with { Value = value }] };

    private static IReadOnlyList<Gradient> Gradients(LayerForms layer) =>
        ReverseMode.Differentiate(layer.Training, LayerPrograms.OutputGradient(layer).All, LayerPrograms.Differentiable(layer));

    private static GradientReport Check(LayerForms layer, IEnumerable<Gradient> gradients) => GradientCheck.Run(
        layer.Training, LayerPrograms.OutputGradient(layer), [.. gradients.Select(gradient => (gradient.Tensor, gradient.Value))], CancellationToken.None);

    /// <summary>Whether two expressions are the same: plain evaluation, which owes nothing to the prover, finds no difference, and the prover a proof.</summary>
    private static bool Equal(Expr left, Expr right) => PlainComparison.Disagreement(left, right) is null && Terms.Compare(left, right) is Verdict.Proved;
}
