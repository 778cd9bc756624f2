using System.Collections.Immutable;
using System.Globalization;
using LayerDsl.CodeFixes;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LayerDsl.Tests.Generator.Fixes;

/// <summary>What an editor does: generator and analyzer run over a source text, and one of the offered fixes is applied.</summary>
internal static class FixRun
{
    private static readonly CodeFixProvider[] Providers =
    [
        new MakePartialFix(), new SetArgumentFix(), new MoveAttributeFix(), new AddForwardFix(), new ReplaceCallFix(), new RegisterComponentsFix(), new SuppressFix(),
    ];

    /// <summary>What the analyzer suggests for a text, after the generator has run, as in an editor.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Suggestions(string source)
    {
        var analyzed = GeneratorRun.Of(source).Output.WithAnalyzers([new FixAnalyzer()]);
        var found = await analyzed.GetAnalyzerDiagnosticsAsync();
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        return [.. found.OrderBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];
    }

    /// <summary>The text after the one fix with this title.</summary>
    public static async Task<string> Apply(string source, string title)
    {
        var suggestion = Assert.Single(await Suggestions(source), diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture) == title);
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject("Snippet", LanguageNames.CSharp)
            .WithMetadataReferences(GeneratorRun.Compile().References)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.CSharp14))
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var document = project.AddDocument("Snippet0.cs", GeneratorRun.Usings + source, filePath: "Snippet0.cs");

        var actions = new List<CodeAction>();
        var provider = Providers.Single(candidate => candidate.FixableDiagnosticIds.Contains(suggestion.Id));
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, suggestion, (action, _) => actions.Add(action), default));
        var operations = await Assert.Single(actions).GetOperationsAsync(default);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        return (await changed.GetTextAsync()).ToString()[GeneratorRun.Usings.Length..];
    }
}
