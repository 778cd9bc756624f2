using System.Globalization;
using LayerDsl.Bench.Harness;
using Spectre.Console;

namespace LayerDsl.Bench.Reports;

/// <summary>The table on the screen.</summary>
internal static class ConsoleTable
{
    public static Table Of(IReadOnlyList<RowResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("ratio: the peer's time over ours, median of the rounds; above 1 we are faster")
            .AddColumn("row").AddColumn("ours").AddColumn("peer").AddColumn("theirs").AddColumn("ratio").AddColumn("10 – 90 %").AddColumn("goal").AddColumn("met");
        var before = string.Empty;
        foreach (var result in results)
        {
            var isNew = result.Row != before;
            table.AddRow(
                isNew ? Markup.Escape(result.Row) : string.Empty,
                isNew ? Value(result.Own, result.Unit) : string.Empty,
                Markup.Escape(result.Peer),
                Value(result.Theirs, result.Unit),
                Ratio(result.Ratio),
                $"{Ratio(result.Low)} – {Ratio(result.High)}",
                result.Goal is { } goal ? "≥ " + Ratio(goal) : string.Empty,
                result.IsMet switch { true => "[green]yes[/]", false => "[red]no[/]", null => string.Empty });
            before = result.Row;
        }

        return table;
    }

    private static string Value(double value, string unit) => value.ToString("G3", CultureInfo.InvariantCulture) + " " + unit;

    private static string Ratio(double value) => value.ToString(value < 0.1 ? "G2" : "F2", CultureInfo.InvariantCulture);
}
