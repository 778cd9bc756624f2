using System.Globalization;
using System.Text;

namespace LayerDsl;

/// <summary>What calibration found. <see cref="ToString"/> is a table.</summary>
/// <param name="Model">The model.</param>
/// <param name="Method">How ranges were found.</param>
/// <param name="Batches">Batches that were seen.</param>
/// <param name="Samples">Samples that were seen.</param>
/// <param name="Layers">A row for each calibrated layer.</param>
public sealed record CalibrationReport(string Model, CalibrationMethod Method, int Batches, long Samples, IReadOnlyList<LayerCalibration> Layers)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var width = Math.Max(5, Layers.Max(layer => layer.Layer.Length));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Model}: {Method} over {Batches} batches, {Samples} samples").AppendLine();
        text.Append("layer".PadRight(width)).AppendLine("  scheme   scale         zero point  lowest       highest      clipped");
        foreach (var row in Layers)
        {
            text.Append(row.Layer.PadRight(width)).AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {row.Scheme,-7}  {row.Scale,-12:G6}  {row.ZeroPoint,-10}  {row.Lowest,-11:G6}  {row.Highest,-11:G6}  {100 * row.ClippedShare:0.###} %"));
        }

        return text.ToString();
    }
}
