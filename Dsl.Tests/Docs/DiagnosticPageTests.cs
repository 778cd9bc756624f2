using System.Text.RegularExpressions;
using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Docs;

/// <summary>The examples of the pages that diagnostics link to are compiled: the wrong one gives the diagnostic, the right one compiles without it.</summary>
public sealed partial class DiagnosticPageTests
{
    /// <summary>LDSL901 is no fault; numbers from 910 stand beside an error and offer its fix, which its own tests look at.</summary>
    public static TheoryData<string> Pages => new(DescriptorTable.All.Select(descriptor => descriptor.Id).Where(id => string.CompareOrdinal(id, "LDSL901") < 0).Order());

    [GeneratedRegex("^## (?<title>Wrong|Right)\n(?:(?!^## ).*\n)*?```csharp\n(?<text>(?:.*\n)*?)```", RegexOptions.Multiline)]
    private static partial Regex Example();

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_wrong_example_gives_the_diagnostic_and_the_right_one_compiles_without(string id)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "diagnostics", id + ".md")).ReplaceLineEndings("\n");
        var examples = Example().Matches(text).ToDictionary(match => match.Groups["title"].Value, match => match.Groups["text"].Value);
        Assert.Equal(["Right", "Wrong"], examples.Keys.Order());

        var (wrong, right) = (Run(id, examples["Wrong"]), Run(id, examples["Right"]));

        Assert.Contains(Found(wrong), found => found.Id == id);
        Assert.DoesNotContain(Found(right), found => found.Id == id || found.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        Assert.Empty(right.CompileErrors);
    }

    private static IEnumerable<Microsoft.CodeAnalysis.Diagnostic> Found(GeneratorRun run) => run.Diagnostics.Concat(run.Information);

    /// <summary>Numbers from 310 to 319 are about devices. Some pages show properties alone: they stand in a model.</summary>
    private static GeneratorRun Run(string id, string example)
    {
        var source = example.Contains(" class ", StringComparison.Ordinal)
            ? example
            : "[LayerModel] public sealed partial class Net : nn.Module<Tensor, Tensor> {\n" + example + "public override Tensor forward(Tensor x) => x; }";
        return id.StartsWith("LDSL31", StringComparison.Ordinal) ? GeneratorRun.OnDevice(source) : GeneratorRun.Of(source);
    }
}
