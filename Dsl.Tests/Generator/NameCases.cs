using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Generator;

/// <summary>Many small sources in one compilation, each in a namespace and a file of its own, and what the generator and the compiler say of each.</summary>
internal sealed partial class NameCases
{
    private readonly IReadOnlyList<(string Name, string Source)> cases;

    private NameCases(IReadOnlyList<(string Name, string Source)> cases, GeneratorRun run)
    {
        this.cases = cases;
        Run = run;
        Reported = Group(run.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error));
        Broken = Group(run.CompileErrors);
    }

    public GeneratorRun Run { get; }

    /// <summary>What the generator refused, by the number of the case.</summary>
    public ILookup<int, Diagnostic> Reported { get; }

    /// <summary>What the compiler said, by the number of the case.</summary>
    public ILookup<int, Diagnostic> Broken { get; }

    /// <param name="cases">A name for messages, and the source without its namespace.</param>
    /// <param name="onDevice">Whether the project references the package for devices.</param>
    public static NameCases Of(IReadOnlyList<(string Name, string Source)> cases, bool onDevice = false)
    {
        string[] sources = [.. cases.Select((one, k) => string.Create(CultureInfo.InvariantCulture, $"namespace Case{k}\n{{\n{one.Source}\n}}"))];
        return new(cases, onDevice ? GeneratorRun.OnDevice(sources) : GeneratorRun.Of(sources));
    }

    /// <summary>Either the generator says what is wrong, or all compiles.</summary>
    public void CompileOrAreRefused()
    {
        Assert.True(Run.Result.Results.Single().Exception is null, Run.Result.Results.Single().Exception?.ToString());
        var silent = Enumerable.Range(0, cases.Count).Where(k => Broken[k].Any() && !Reported[k].Any())
            .Select(k => cases[k].Name + ": " + Broken[k].First());
        Assert.Empty(silent);
    }

    /// <summary>The number of the case that a file belongs to; -1 for none.</summary>
    public static int NumberOf(string? path) => FileOfCase().Match(Path.GetFileName(path) ?? string.Empty) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;

    private static ILookup<int, Diagnostic> Group(IEnumerable<Diagnostic> diagnostics) => diagnostics.ToLookup(found => NumberOf(found.Location.GetLineSpan().Path));

    [GeneratedRegex(@"^(?:Snippet|Case)(\d+)\.")]
    private static partial Regex FileOfCase();
}
