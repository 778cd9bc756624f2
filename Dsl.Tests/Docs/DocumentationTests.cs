using System.Text.RegularExpressions;
using LayerDsl.Tests.Generator;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Docs;

/// <summary>The code blocks of the pages that newcomers read are compiled as they stand.</summary>
public sealed partial class DocumentationTests
{
    /// <summary>A fenced block and what follows its language.</summary>
    private sealed record Block(string Kind, string Text);

    [GeneratedRegex("^```csharp(?<kind>[^\n]*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    private static Block[] BlocksOf(params string[] path) =>
    [
        .. Fence().Matches(File.ReadAllText(Path.Combine([RepositoryRoot.Path, .. path])).ReplaceLineEndings("\n"))
            .Select(match => new Block(match.Groups["kind"].Value.Trim(), match.Groups["text"].Value)),
    ];

    /// <summary>Directives come first in a file; those of the snippets' host are known.</summary>
    private static string Joined(IEnumerable<string> texts)
    {
        var lines = texts.SelectMany(text => text.Split('\n')).ToArray();
        var directives = lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';')).Distinct().Where(line => !GeneratorRun.Usings.Contains(line, StringComparison.Ordinal));
        return string.Join('\n', directives) + "\n" + string.Join('\n', lines.Where(line => !(line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('='))));
    }

    [Fact]
    public void The_blocks_of_the_tutorial_compile_together()
    {
        var blocks = BlocksOf("docs", "own-methods.md");
        var statements = blocks.Where(block => block.Kind == "statements").Select(block => block.Text).ToArray();
        Assert.NotEmpty(statements);
        var run = GeneratorRun.Of(Joined(blocks.Where(block => block.Kind.Length == 0).Select(block => block.Text))
            + "\npublic static class Program { public static void Main() {\n" + string.Join('\n', statements) + "\n} }");
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
        Assert.Contains("verdict     proved for every input, parameter and size", run.File("Net+HiddenLayer.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_wrong_blocks_of_the_tutorial_give_the_diagnostics_they_name()
    {
        var blocks = BlocksOf("docs", "own-methods.md");
        var wrong = blocks.Where(block => block.Kind.StartsWith("wrong ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["LDSL502", "LDSL201", "LDSL203"], wrong.Select(block => block.Kind["wrong ".Length..]));
        foreach (var block in wrong)
        {
            var run = GeneratorRun.Of("using static LayerDsl.Functions;\n" + block.Text);
            Assert.Equal(block.Kind["wrong ".Length..], Assert.Single(run.Diagnostics).Id);
        }
    }

    [Fact]
    public void The_message_in_the_tutorial_is_the_one_that_is_given()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "own-methods.md"));
        var block = BlocksOf("docs", "own-methods.md").Single(candidate => candidate.Kind == "wrong LDSL502");
        var found = Assert.Single(GeneratorRun.Of("using static LayerDsl.Functions;\n" + block.Text).Diagnostics);
        Assert.Contains("error LDSL502: " + found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_statements_of_the_tutorial_run()
    {
        var blocks = BlocksOf("docs", "own-methods.md");
        var run = GeneratorRun.Of(Joined(blocks.Where(block => block.Kind.Length == 0).Select(block => block.Text))
            + "\npublic static class Program { public static void Main() {\n" + string.Join('\n', blocks.Where(block => block.Kind == "statements").Select(block => block.Text)) + "\n} }");
        run.Load().GetType("Program")!.GetMethod("Main")!.Invoke(null, null);
    }

    [Fact]
    public void The_blocks_of_the_page_on_sizes_compile()
    {
        var blocks = BlocksOf("docs", "sizes.md").Select(block => block.Text).ToArray();
        Assert.Equal(4, blocks.Length);
        var run = GeneratorRun.Of(Joined(blocks));
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
    }

    [Fact]
    public void The_blocks_of_the_readme_compile_or_stand_in_what_is_generated()
    {
        var blocks = BlocksOf("README.md").Select(block => block.Text).ToArray();
        var models = blocks.Where(block => block.Contains("[LayerModel]", StringComparison.Ordinal)).ToArray();
        var excerpts = blocks.Where(block => block.Contains("protected override", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(models);
        Assert.NotEmpty(excerpts);
        var others = blocks.Except(models).Except(excerpts);
        var run = GeneratorRun.Of(Joined(models.Concat(others)));
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(run.CompileErrors);
        var hidden = run.File("FashionMlp+HiddenLayer.g.cs");
        foreach (var line in excerpts.SelectMany(excerpt => excerpt.Split('\n')).Select(line => line.Trim()).Where(line => line.Length > 0 && line != "…"))
        {
            Assert.Contains(line, hidden, StringComparison.Ordinal);
        }
    }
}
