using System.Globalization;
using Spectre.Console;

namespace LayerDsl.Examples.Reporting;

/// <summary>Models beside each other: a column for each, a row for each figure.</summary>
public static class ResultTable
{
    /// <summary>Every row: what it shows and how.</summary>
    private static readonly (string Title, Func<ModelResult, string> Show)[] Rows =
    [
        ("test accuracy", model => Percent(model.Accuracy)),
        ("… after folding", model => Of(model.Folded, folded => Percent(folded.Accuracy))),
        ("test images in another class after folding", model => Of(model.Folded, folded => Count(folded.DifferentClasses))),
        ("largest output difference", model => Of(model.Folded, folded => Small(folded.Output.LargestError))),
        ("certificate's bound where closest to it", model => Of(model.Folded, folded => Small(folded.Output.Bound))),
        ("… difference / bound there", model => Of(model.Folded, folded => Small(folded.Output.LargestRatio))),
        ("parameters", model => Count(model.Parameters)),
        ("… after folding", model => Of(model.Folded, folded => Count(folded.Parameters))),
        ("bytes", model => Count(model.Bytes)),
        ("… after folding", model => Of(model.Folded, folded => Count(folded.Bytes))),
        ("time per training batch (median)", model => Milliseconds(model.Training.TimePerBatch)),
        ("time of the training", model => Seconds(model.Training.Duration)),
    ];

    /// <summary>Builds the table.</summary>
    /// <param name="models">The models, from left to right.</param>
    public static Table Of(params IReadOnlyList<ModelResult> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        var table = new Table().RoundedBorder().AddColumn(string.Empty);
        foreach (var model in models)
        {
            table.AddColumn(new TableColumn(Markup.Escape(model.Name)).RightAligned());
        }

        foreach (var (title, show) in Rows)
        {
            table.AddRow([new Text(title), .. models.Select(model => new Text(show(model)))]);
        }

        return table;
    }

    private static string Of(FoldedResult? folded, Func<FoldedResult, string> show) => folded is null ? "–" : show(folded);

    private static string Percent(double fraction) => (fraction * 100).ToString("F2", CultureInfo.InvariantCulture) + " %";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Small(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F2", CultureInfo.InvariantCulture) + " ms";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + " s";
}
