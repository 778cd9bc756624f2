using LayerDsl.Bench.Harness;
using ScottPlot;

namespace LayerDsl.Bench.Reports;

/// <summary>A bar for every row and peer on a logarithmic axis: to the right we are faster. A line in the bar's place marks the goal.</summary>
internal static class RatioPlot
{
    private const int Width = 1500;
    private const int RowHeight = 26;
    private const int Margins = 130;
    private const int MostTicks = 15;

    private static readonly Color Met = Color.FromHex("#2a9d5c");
    private static readonly Color Missed = Color.FromHex("#c8553d");
    private static readonly Color Shown = Color.FromHex("#8a98a8");

    public static void Save(IReadOnlyList<RowResult> results, string path)
    {
        using var plot = new Plot();
        for (var k = 0; k < results.Count; k++)
        {
            Draw(plot, results[k], -k);
        }

        plot.Add.VerticalLine(0, 1, Colors.Black);
        plot.Axes.Left.SetTicks([.. results.Select((_, k) => (double)-k)], [.. results.Select(result => $"{result.Row}  |  {result.Peer}")]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        var powers = Powers(results);
        plot.Axes.Bottom.SetTicks([.. powers.Select(power => (double)power)], [.. powers.Select(power => TickLabel(power, (powers.Length / MostTicks) + 1))]);
        plot.Axes.SetLimits(powers[0], powers[^1], -results.Count + 0.4, 0.6);
        plot.Title("the peer's time over ours: to the right of 1 we are faster; the black mark is the goal");
        plot.SavePng(path, Width, (RowHeight * results.Count) + Margins);
    }

    private static void Draw(Plot plot, RowResult result, double place)
    {
        var color = result.IsMet switch { true => Met, false => Missed, null => Shown };
        var bar = plot.Add.Bar(new Bar { Position = place, Value = Math.Log2(result.Ratio), FillColor = color, LineWidth = 0, Orientation = Orientation.Horizontal, Size = 0.7 });
        bar.Horizontal = true;
        plot.Add.Line(Math.Log2(result.Low), place, Math.Log2(result.High), place).Color = Colors.Black;
        if (result.Goal is { } goal)
        {
            var mark = plot.Add.Line(Math.Log2(goal), place - 0.45, Math.Log2(goal), place + 0.45);
            (mark.Color, mark.LineWidth) = (Colors.Black, 3);
        }
    }

    private static string TickLabel(int power, int step) => power % step != 0 ? string.Empty : power < 0 ? $"1/{1 << -power}" : $"{1 << power}";

    private static int[] Powers(IReadOnlyList<RowResult> results)
    {
        var least = (int)Math.Floor(results.Min(result => Math.Log2(result.Low)) - 0.2);
        var most = (int)Math.Ceiling(results.Max(result => Math.Log2(Math.Max(result.High, result.Goal ?? 1))) + 0.2);
        return [.. Enumerable.Range(Math.Min(least, -1), Math.Max(most, 1) - Math.Min(least, -1) + 1)];
    }
}
