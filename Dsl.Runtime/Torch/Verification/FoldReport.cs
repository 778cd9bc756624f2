using System.Globalization;
using System.Text;

namespace LayerDsl;

/// <summary>How far a training form and its folded form were apart on a sample.</summary>
/// <param name="Name">The layer; the last row is the whole model.</param>
/// <param name="LargestError">The largest absolute difference of any output.</param>
/// <param name="Bound">The certificate's bound where the difference came closest to it.</param>
/// <param name="LargestRatio">The largest difference in units of its bound; above 1 the fold is wrong.</param>
public sealed record FoldReportRow(string Name, double LargestError, double Bound, double LargestRatio)
{
    /// <summary>How many bytes the folded form takes.</summary>
    public long FoldedBytes { get; init; }
}

/// <summary>The result of <c>VerifyFold(sample)</c>: one row per layer call, each on the same input for both forms, and one for the model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Rows">The rows, the whole model last.</param>
public sealed record FoldReport(string Model, IReadOnlyList<FoldReportRow> Rows)
{
    /// <summary>The report as a table.</summary>
    public override string ToString()
    {
        var width = Math.Max(6, Rows.Max(row => row.Name.Length));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"layer".PadRight(width)}  {"largest error",14}  {"bound there",14}  {"error / bound",14}  {"folded bytes",14}\n");
        foreach (var row in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Name.PadRight(width)}  {row.LargestError,14:E3}  {row.Bound,14:E3}  {row.LargestRatio,14:F4}  {row.FoldedBytes,14:N0}\n");
        }

        return text.ToString().TrimEnd('\n');
    }
}
