using System.Globalization;
using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Vit;

/// <summary>How often the codes of a model changed in a training, as means over the last half of its steps.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Part">The layers that are counted.</param>
/// <param name="Weights">How many weights they have.</param>
/// <param name="Flipped">The share of them whose code changed in a step.</param>
/// <param name="WentBack">The share whose code changed in the direction opposite to its last change.</param>
/// <param name="Oscillating">The share that oscillated at the end: whose average frequency of going back is above the monitor's threshold.</param>
internal sealed record Oscillation(string Scheme, string Part, long Weights, double Flipped, double WentBack, double Oscillating)
{
    /// <summary>Trains a variant, and looks at its codes after every step.</summary>
    public static IReadOnlyList<Oscillation> Measure(IAnsiConsole console, Variant variant, nn.Module<Tensor, Tensor> full, LabelledImages train, TrainingOptions tuning)
    {
        random.manual_seed(tuning.Seed);
        using var model = variant.New();
        LayerWeights.Copy(full, model);
        var monitor = new OscillationMonitor(model);
        var reports = new List<OscillationReport> { monitor.Observe() };
        WorkProgress.Run(console, $"{variant.Scheme} {variant.Bits}", report => Trainer.Train(model, train, tuning, report, () => reports.Add(monitor.Observe())));
        var late = reports.Skip(1).TakeLast(Math.Max(1, reports.Count / 2)).ToArray();
        IReadOnlyList<Oscillation> found = [Over(variant.Scheme, "queries and keys", late, IsQueryOrKey), Over(variant.Scheme, "all", late, _ => true)];
        foreach (var oscillation in found)
        {
            console.WriteLine(oscillation.ToString());
        }

        return found;
    }

    /// <summary>A row for each.</summary>
    public static Table Of(IEnumerable<IReadOnlyList<Oscillation>> measured)
    {
        var table = new Table().MarkdownBorder().AddColumns("scheme, 2 bits", "matrices");
        foreach (var title in new[] { "weights", "flipped per step, %", "went back per step, %", "oscillating, %" })
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (var row in measured.SelectMany(rows => rows))
        {
            table.AddRow(row.Scheme, row.Part, Number(row.Weights, "N0"), Number(row.Flipped * 100, "F3"), Number(row.WentBack * 100, "F3"), Number(row.Oscillating * 100, "F2"));
        }

        return table;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}, {Part}: {Weights:N0} weights, {Flipped:P3} flipped per step, {WentBack:P3} went back per step, {Oscillating:P2} oscillating");

    private static Oscillation Over(string scheme, string part, IReadOnlyList<OscillationReport> reports, Func<OscillationRow, bool> counts)
    {
        double Mean(OscillationReport report, Func<OscillationRow, double> share)
        {
            var rows = report.Rows.Where(counts).ToArray();
            return rows.Sum(row => share(row) * row.Weights) / rows.Sum(row => row.Weights);
        }

        return new Oscillation(
            scheme,
            part,
            reports[^1].Rows.Where(counts).Sum(row => row.Weights),
            reports.Average(report => Mean(report, row => row.Flipped)),
            reports.Average(report => Mean(report, row => row.Oscillated)),
            Mean(reports[^1], row => row.Oscillating));
    }

    /// <summary>Projections are layers of their own, called by the part that they are.</summary>
    private static bool IsQueryOrKey(OscillationRow row) => row.Layer.Contains("query", StringComparison.OrdinalIgnoreCase) || row.Layer.Contains("key", StringComparison.OrdinalIgnoreCase);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
