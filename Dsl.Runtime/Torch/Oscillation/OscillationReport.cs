using System.Globalization;
using System.Text;

namespace LayerDsl;

/// <summary>How the codes of one layer moved.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Weights">How many weights it has.</param>
/// <param name="Flipped">The share whose code changed since the last observation.</param>
/// <param name="Oscillated">The share whose code changed in the direction opposite to its last change.</param>
/// <param name="Oscillating">The share whose average frequency of that is above the threshold.</param>
public sealed record OscillationRow(string Layer, long Weights, double Flipped, double Oscillated, double Oscillating);

/// <summary>How the codes of a model moved from one observation to the next.</summary>
/// <param name="Observations">How many observations were made; the first has nothing to compare with.</param>
/// <param name="Rows">A row for each quantized layer.</param>
public sealed record OscillationReport(long Observations, IReadOnlyList<OscillationRow> Rows)
{
    /// <summary>The share of all weights whose code changed.</summary>
    public double Flipped => Mean(row => row.Flipped);

    /// <summary>The share of all weights that went back.</summary>
    public double Oscillated => Mean(row => row.Oscillated);

    /// <summary>The share of all weights that oscillate.</summary>
    public double Oscillating => Mean(row => row.Oscillating);

    /// <summary>The report as a table.</summary>
    public override string ToString()
    {
        var width = Math.Max(5, Rows.Count == 0 ? 0 : Rows.Max(row => row.Layer.Length));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"layer".PadRight(width)}  {"weights",10}  {"flipped",9}  {"went back",9}  {"oscillating",11}\n");
        foreach (var row in Rows.Append(new OscillationRow("all", Rows.Sum(row => row.Weights), Flipped, Oscillated, Oscillating)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Layer.PadRight(width)}  {row.Weights,10:N0}  {row.Flipped,9:P3}  {row.Oscillated,9:P3}  {row.Oscillating,11:P3}\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private double Mean(Func<OscillationRow, double> share)
    {
        var weights = Rows.Sum(row => row.Weights);
        return weights == 0 ? 0 : Rows.Sum(row => share(row) * row.Weights) / weights;
    }
}
