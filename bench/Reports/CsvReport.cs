using System.Globalization;
using LayerDsl.Bench.Harness;

namespace LayerDsl.Bench.Reports;

/// <summary>The results as comma-separated values (RFC 4180).</summary>
internal static class CsvReport
{
    private const string Header = "row,peer,unit,ours,theirs,ratio,ratio_p10,ratio_p90,goal,met";

    public static string Of(IReadOnlyList<RowResult> results) => string.Concat(results.Select(Line).Prepend(Header).Select(line => line + "\r\n"));

    private static string Line(RowResult result) => string.Join(
        ',',
        Quoted(result.Row),
        Quoted(result.Peer),
        result.Unit,
        Number(result.Own),
        Number(result.Theirs),
        Number(result.Ratio),
        Number(result.Low),
        Number(result.High),
        result.Goal is { } goal ? Number(goal) : string.Empty,
        result.IsMet switch { true => "yes", false => "no", null => string.Empty });

    private static string Quoted(string text) => '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
