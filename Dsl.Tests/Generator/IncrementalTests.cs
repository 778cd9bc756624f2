using System.Globalization;
using LayerDsl.Generator;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Generator;

public sealed class IncrementalTests
{
    private const string Model = """
        [LayerModel]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            [Linear(4, 3), Compander] public partial Layer A { get; }
            [Linear(3, 2), LowRank(1)] public partial Layer B { get; }
            public override Tensor forward(Tensor x) => B.forward(A.forward(x));
        }
        [Linear(4, 3)] public sealed partial class Alone;
        """;

    private static readonly string[] LaterSteps =
    [
        StepNames.Models, StepNames.LayerTasks, StepNames.ProvedLayers, StepNames.DifferentiatedLayers, StepNames.ScheduledLayers, StepNames.LayerFiles, StepNames.MergedModels, StepNames.ModelFiles, StepNames.FoldedFiles, StepNames.TorchLoader,
    ];

    [Theory]
    [InlineData("public class Unrelated { }")]
    [InlineData("// a comment")]
    public void An_edit_in_another_file_runs_no_step_after_the_first(string other)
    {
        var first = GeneratorRun.Compile(Model);
        var reasons = Reasons(first, first.AddSyntaxTrees(GeneratorRun.Parse(other, 1)));
        Assert.All(LaterSteps, step => Assert.All(reasons[step], reason => Assert.Contains(reason, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged })));
    }

    [Fact]
    public void An_edit_above_the_model_in_the_same_file_runs_no_step_after_the_first()
    {
        var first = GeneratorRun.Compile(Model);
        var reasons = Reasons(first, first.ReplaceSyntaxTree(first.SyntaxTrees[0], GeneratorRun.Parse("// a line more\n" + Model)));
        Assert.All(LaterSteps, step => Assert.All(reasons[step], reason => Assert.Contains(reason, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged })));
    }

    [Fact]
    public void A_change_of_one_layer_proves_that_layer_only()
    {
        var first = GeneratorRun.Compile(Model);
        var reasons = Reasons(first, first.ReplaceSyntaxTree(first.SyntaxTrees[0], GeneratorRun.Parse(Model.Replace("LowRank(1)", "LowRank(1, Alpha = 2)", StringComparison.Ordinal))));
        Assert.Equal(1, reasons[StepNames.ProvedLayers].Count(reason => reason == IncrementalStepRunReason.Modified));
        Assert.Equal(2, reasons[StepNames.ProvedLayers].Count(reason => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    public void The_culture_changes_no_byte(string culture)
    {
        var expected = Texts();
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            Assert.Equal(expected, Texts());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes() => Assert.Equal(Texts(), Texts());

    [Fact]
    public void No_pipeline_value_holds_on_to_a_symbol_or_syntax()
    {
        var run = GeneratorRun.Of(Model);
        var values = run.Result.Results.Single().TrackedSteps
            .Where(step => LaterSteps.Contains(step.Key))
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Outputs)
            .Select(output => output.Value);
        Assert.All(values, value => AssertFree(value, []));
    }

    private static void AssertFree(object? value, HashSet<object> seen)
    {
        if (value is null || value.GetType().IsPrimitive || value is string || !seen.Add(value))
        {
            return;
        }

        Assert.False(value is ISymbol or SyntaxNode or Compilation or Location, value.GetType().FullName);
        if (value.GetType().Namespace?.StartsWith("LayerDsl", StringComparison.Ordinal) == true)
        {
            foreach (var field in value.GetType().GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public))
            {
                AssertFree(field.GetValue(value), seen);
            }
        }
    }

    private static string[] Texts() => [.. GeneratorRun.Of(Model).Result.Results.Single().GeneratedSources.Select(source => source.HintName + "\n" + source.SourceText)];

    private static Dictionary<string, IncrementalStepRunReason[]> Reasons(Compilation first, Compilation second)
    {
        var driver = GeneratorRun.Driver().RunGenerators(first).RunGenerators(second);
        return driver.GetRunResult().Results.Single().TrackedSteps
            .ToDictionary(step => step.Key, step => step.Value.SelectMany(run => run.Outputs).Select(output => output.Reason).ToArray());
    }
}
