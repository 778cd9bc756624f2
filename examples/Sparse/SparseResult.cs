using System.Globalization;
using Spectre.Console;

namespace LayerDsl.Examples.Sparse;

/// <summary>What became of a net over all seeds.</summary>
/// <param name="Kind">What takes the place of its dense matrices.</param>
/// <param name="Operations">Floating-point operations for an image.</param>
/// <param name="Accuracies">The accuracy for each seed, from 0 to 1.</param>
/// <param name="Folded">The folded model's accuracy for each seed.</param>
/// <param name="Different">How many test images the folded models put into another class than the trained ones, over all seeds.</param>
/// <param name="WorstRatio">The largest difference of an output in units of the certificate's bound.</param>
/// <param name="FileBytes">The size of the saved file.</param>
internal sealed record SparseResult(string Kind, long Operations, IReadOnlyList<double> Accuracies, IReadOnlyList<double> Folded, int Different, double WorstRatio, long FileBytes)
{
    private static readonly string[] Titles = ["kind", "operations per image", "against dense, %", "accuracy, mean ± deviation", "each seed", "folded, mean", "images in another class", "file, bytes"];

    /// <summary>The operations, relative to a dense net's.</summary>
    public double Against(SparseResult dense) => ((double)Operations / dense.Operations) - 1;

    /// <summary>A row for each, the dense net first.</summary>
    public static Table Of(IReadOnlyList<SparseResult> results)
    {
        var table = new Table().MarkdownBorder();
        foreach (var title in Titles)
        {
            table.AddColumn(title == "kind" ? new TableColumn(title) : new TableColumn(title).RightAligned());
        }

        foreach (var result in results)
        {
            table.AddRow(
                result.Kind,
                Number(result.Operations, "N0"),
                Number(result.Against(results[0]) * 100, "+0.00;-0.00;0.00"),
                $"{Number(result.Accuracies.Average() * 100, "F2")} ± {Number(Deviation(result.Accuracies) * 100, "F2")}",
                string.Join(", ", result.Accuracies.Select(accuracy => Number(accuracy * 100, "F2"))),
                Number(result.Folded.Average() * 100, "F2"),
                Number(result.Different, "F0"),
                Number(result.FileBytes, "N0"));
        }

        return table;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind}: {Operations:N0} operations, {string.Join(", ", Accuracies.Select(accuracy => Number(accuracy * 100, "F2")))} %, folded {Folded.Average():P2}, {Different} images in another class, {FileBytes:N0} bytes");

    /// <summary>The deviation of a sample.</summary>
    private static double Deviation(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
