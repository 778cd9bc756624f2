using System.Text;

namespace LayerDsl.Tests.Generator;

/// <summary>The tables of docs/composition.md, which tests generate: <c>LAYERDSL_ACCEPT=1</c> writes them, otherwise they must be as they are.</summary>
internal static class CompositionTable
{
    private static readonly string Path = System.IO.Path.Combine(RepositoryRoot.Path, "docs", "composition.md");

    private static readonly Lock Writing = new();

    public static void Compare(PairedKind kind, IEnumerable<(Pair Pair, string Outcome)> pairs) => Compare(kind, Table(pairs));

    /// <summary>A kind that refuses every method: a row for each reason and what it befalls.</summary>
    public static void CompareRefused(PairedKind kind, IEnumerable<(Pair Pair, string Outcome)> pairs)
    {
        var rows = pairs.GroupBy(pair => (pair.Pair.First.Short, pair.Outcome), pair => pair.Pair.Second.Short)
            .GroupBy(row => (Then: Names(row), row.Key.Outcome), row => row.Key.Short)
            .Select(row => $"| {Names(row)} | {row.Key.Then} | refused: [{row.Key.Outcome}](diagnostics/{row.Key.Outcome}.md) |\n");
        Compare(kind, "| first | then | verdict |\n|---|---|---|\n" + string.Concat(rows));
    }

    private static string Names(IEnumerable<string> methods) => methods.ToArray() is var all && all.Length == CompositionPairs.Methods.Count
        ? "every method"
        : string.Join(", ", all.Select(name => name.Replace(",", " with", StringComparison.Ordinal)));

    private static void Compare(PairedKind kind, string table)
    {
        var (start, end) = ($"<!-- generated: {kind.Name} -->\n", $"<!-- end: {kind.Name} -->");
        lock (Writing)
        {
            var page = File.ReadAllText(Path);
            var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
            var to = page.IndexOf(end, StringComparison.Ordinal);
            Assert.True(from >= start.Length && to >= from, $"docs/composition.md has no section '{kind.Name}'.");
            if (Environment.GetEnvironmentVariable("LAYERDSL_ACCEPT") == "1")
            {
                File.WriteAllText(Path, page[..from] + table + page[to..]);
                return;
            }

            Assert.Equal(table, page[from..to]);
        }
    }

    /// <summary>A row for each first method and outcome, with all the second methods that have it: no pair is missing.</summary>
    private static string Table(IEnumerable<(Pair Pair, string Outcome)> pairs)
    {
        var text = new StringBuilder("| first | then | weight | folds to | verdict |\n|---|---|---|---|---|\n");
        foreach (var row in pairs.GroupBy(pair => (pair.Pair.First.Short, Weight: Weight(pair.Pair, pair.Outcome), pair.Outcome)))
        {
            var then = string.Join(", ", row.Select(pair => pair.Pair.Second.Short.Replace(",", " with", StringComparison.Ordinal)));
            var (fold, verdict) = IsRefused(row.Key.Outcome)
                ? ("—", $"refused: [{row.Key.Outcome}](diagnostics/{row.Key.Outcome}.md)")
                : (row.Key.Outcome, "proved for every size");
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {row.Key.Short} | {then} | {row.Key.Weight} | {fold} | {verdict} |\n");
        }

        return text.ToString();
    }

    private static string Weight(Pair pair, string outcome) => IsRefused(outcome) ? "—" : $"`{pair.Second.Weight(pair.First.Weight("W"))}`";

    private static bool IsRefused(string outcome) => outcome.StartsWith("LDSL", StringComparison.Ordinal);
}
