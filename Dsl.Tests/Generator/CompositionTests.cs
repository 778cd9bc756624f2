using System.Globalization;
using Microsoft.CodeAnalysis;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Generator;

/// <summary>
/// Every ordered pair of methods on every kind of layer: refused at the attribute with a reason, or proved, compiled, trained for two steps,
/// folded and compared. What becomes of each pair is docs/composition.md.
/// </summary>
public class CompositionTests(ITestOutputHelper output)
{
    /// <summary>
    /// Refusals that pairs may meet: the same method twice, an order that has no meaning, groups of a kernel, a method that the kind of layer
    /// does not take, a width that cannot change, queries and keys that are one weight already.
    /// </summary>
    private static readonly string[] Refusals = ["LDSL004", "LDSL113", "LDSL122", "LDSL123", "LDSL124", "LDSL125", "LDSL140", "LDSL150", "LDSL151"];

    public static TheoryData<string> Kinds => [.. CompositionPairs.Kinds.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_pair_is_refused_or_proved_and_trains_and_folds(string name)
    {
        var kind = CompositionPairs.Kinds.Single(candidate => candidate.Name == name);
        var pairs = kind.Pairs;
        var run = GeneratorRun.Of(string.Concat(pairs.Select(pair => pair.Text(kind))));
        Assert.True(run.Result.Results.Single().Exception is null, run.Result.Results.Single().Exception?.ToString());
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Id is "LDSL202" or "LDSL205");

        var firstLine = GeneratorRun.Usings.Count(letter => letter == '\n');
        var errors = run.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .ToLookup(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line - firstLine);
        Assert.All(errors.SelectMany(group => group), finding => Assert.Contains(finding.Id, Refusals));
        var composing = pairs.Where(pair => !errors[pair.Number].Any()).ToArray();
        Assert.All(composing, pair => Assert.All(Certified(run, pair), text => Assert.Contains("verdict     proved for every input, parameter and size", text, StringComparison.Ordinal)));

        var failures = CompositionTraining.Run(run.Load(without: errors.ToDictionary(group => group.Key + firstLine, group => pairs[group.Key].Model)), composing, kind).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {pairs.Count} ordered pairs, {composing.Length} compose, {pairs.Count - composing.Length} are refused"));
        Assert.True(failures.Length == 0, string.Join("\n", failures));

        CompositionTable.Compare(kind, pairs.Select(pair => (pair, errors[pair.Number].Select(error => error.Id).FirstOrDefault() ?? Fold(run, pair))));
    }

    public static TheoryData<string> KindsWithoutMethods => [.. CompositionPairs.KindsWithoutMethods.Select(kind => kind.Name)];

    /// <summary>No cell is blank on the other kinds either: every pair is refused at its attribute, and every method alone.</summary>
    [Theory]
    [MemberData(nameof(KindsWithoutMethods))]
    public void Every_pair_is_refused_where_there_is_no_weight(string name)
    {
        var kind = CompositionPairs.KindsWithoutMethods.Single(candidate => candidate.Name == name);
        var pairs = kind.Pairs;
        var run = GeneratorRun.Of(string.Concat(pairs.Select(pair => pair.Text(kind))));
        Assert.True(run.Result.Results.Single().Exception is null, run.Result.Results.Single().Exception?.ToString());
        var firstLine = GeneratorRun.Usings.Count(letter => letter == '\n');
        var errors = run.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .ToLookup(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line - firstLine);
        Assert.All(pairs, pair => Assert.NotEmpty(errors[pair.Number]));
        Assert.All(errors.SelectMany(group => group), finding => Assert.Contains(finding.Id, (string[])["LDSL004", "LDSL140", "LDSL151"]));
        CompositionTable.CompareRefused(kind, pairs.Select(pair => (pair, errors[pair.Number].First().Id)));
    }

    private static IEnumerable<string> Certified(GeneratorRun run, Pair pair) => Files(run, pair).Where(text => text.Contains("verdict     ", StringComparison.Ordinal));

    /// <summary>The generated files of the layer that has the methods, and of its parts.</summary>
    private static IEnumerable<string> Files(GeneratorRun run, Pair pair)
    {
        var files = run.Result.Results.Single().GeneratedSources.Where(source => source.HintName.StartsWith(pair.Model + "+Subject", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        return files.Select(file => file.SourceText.ToString());
    }

    /// <summary>What the weight is in the folded model, as the generated code makes it.</summary>
    private static string Fold(GeneratorRun run, Pair pair)
    {
        var forms = Files(run, pair).SelectMany(FoldsOf).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(forms);
        return string.Join("; ", forms);
    }

    private static IEnumerable<string> FoldsOf(string text)
    {
        var branch = text.Contains(", down: this.", StringComparison.Ordinal) ? " and a low-rank branch" : string.Empty;
        if (text.Contains("FoldPlanes(", StringComparison.Ordinal))
        {
            yield return "binary planes" + branch;
        }
        else if (text.Contains("FoldCodes(", StringComparison.Ordinal))
        {
            yield return "codes" + branch;
        }
        else if (text.Contains("return FoldSparse", StringComparison.Ordinal))
        {
            yield return "sparse rows";
        }
        else if (text.Contains("return FoldLinear(", StringComparison.Ordinal) || text.Contains("return FoldConv2d(", StringComparison.Ordinal))
        {
            yield return "32-bit floats";
        }
    }
}
