using System.Globalization;
using Spectre.Console;

namespace LayerDsl.Examples;

/// <summary>One model's row: what it can do before and after folding, and what it takes.</summary>
public sealed record ResultRow(
    string Model, double Accuracy, double? FoldedAccuracy, int? DifferingClasses, double? LargestDifference, double? BoundThere, long Parameters, long? FoldedParameters, double MillisecondsPerBatch);

/// <summary>Prints results the way people look at them.</summary>
public static class ResultTable
{
    public static void Print(string title, params IReadOnlyList<ResultRow> rows)
    {
        var table = new Table().Title(title).Border(TableBorder.Rounded).AddColumn(string.Empty);
        foreach (var row in rows)
        {
            table.AddColumn(new TableColumn(row.Model).RightAligned());
        }

        Add("test accuracy", row => Percent(row.Accuracy));
        Add("after folding", row => row.FoldedAccuracy is { } folded ? Percent(folded) : "–");
        Add("images with another class", row => row.DifferingClasses?.ToString(CultureInfo.InvariantCulture) ?? "–");
        Add("largest output difference", row => Scientific(row.LargestDifference));
        Add("bound where it is closest", row => Scientific(row.BoundThere));
        Add("parameters", row => Count(row.Parameters) + (row.FoldedParameters is { } folded ? " → " + Count(folded) : string.Empty));
        Add("bytes (float32)", row => Count(4 * row.Parameters) + (row.FoldedParameters is { } folded ? " → " + Count(4 * folded) : string.Empty));
        Add("ms per training batch", row => row.MillisecondsPerBatch.ToString("F2", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);

        void Add(string name, Func<ResultRow, string> value) => table.AddRow([name, .. rows.Select(value)]);
    }

    /// <summary>Prints the comparison of both forms, layer by layer.</summary>
    public static void Print(FoldReport report)
    {
        var table = new Table().Title("training form against folded form").Border(TableBorder.Rounded)
            .AddColumn(string.Empty).AddColumn("largest error").AddColumn("bound there").AddColumn("error / bound");
        foreach (var row in report.Rows)
        {
            table.AddRow(row.Name, Scientific(row.LargestError), Scientific(row.Bound), row.LargestRatio.ToString("F4", CultureInfo.InvariantCulture));
        }

        AnsiConsole.Write(table);
    }

    private static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + " %";

    private static string Scientific(double? value) => value?.ToString("E2", CultureInfo.InvariantCulture) ?? "–";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
