using System.Globalization;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Comparison;

/// <summary>What became of a variant.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Started">Its accuracy before any training, rounded to the grid only, from 0 to 1.</param>
/// <param name="Trained">Its accuracy after the training.</param>
/// <param name="Folded">The folded model's accuracy.</param>
/// <param name="Different">How many test images the folded model puts into another class than the trained one.</param>
/// <param name="WorstRatio">The largest difference of an output in units of the certificate's bound.</param>
/// <param name="FileBytes">The size of the saved file.</param>
public sealed record SchemeResult(Variant Variant, double Started, double Trained, double Folded, int Different, double WorstRatio, long FileBytes)
{
    /// <summary>The bound is derived anew for each image, layer by layer, which takes longer than to classify it.</summary>
    private const int VerifiedImages = 200;

    /// <summary>Measures a trained model and its folded form, as loaded from a file.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model, trained.</param>
    /// <param name="started">Its accuracy before.</param>
    /// <param name="test">What to measure with.</param>
    /// <param name="path">The file to save the folded model to.</param>
    public static SchemeResult Measure(Variant variant, nn.Module<Tensor, Tensor> model, double started, LabelledImages test, string path)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(test);
        var folded = variant.Fold(model);
        folded.Save(path);
        var (own, theirs) = (Evaluation.Classes(model, test), Evaluation.Classes(folded, test));
        var some = test.Take(Math.Min(test.Count, VerifiedImages));
        using var sample = tensor(some.Pixels, [some.Count, some.PixelsPerImage]);
        return new SchemeResult(
            variant, started, Evaluation.Accuracy(own, test), Evaluation.Accuracy(theirs, test), Evaluation.Differences(own, theirs), variant.Verify(model, sample).Rows[^1].LargestRatio, new FileInfo(path).Length);
    }

    /// <summary>All results, a row for each, beside full precision.</summary>
    /// <param name="full">The accuracy of full precision, from 0 to 1.</param>
    /// <param name="results">The rows.</param>
    public static Table Of(double full, IEnumerable<SchemeResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var table = new Table().MarkdownBorder();
        foreach (var (title, isNumber) in Columns)
        {
            table.AddColumn(isNumber ? new TableColumn(title).RightAligned() : new TableColumn(title));
        }

        foreach (var result in results)
        {
            table.AddRow([.. result.Cells(full).Select(cell => new Text(cell))]);
        }

        return table;
    }

    /// <summary>The figures in a line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Variant.Scheme} {Variant.Bits}: rounded only {Started:P2}, trained {Trained:P2}, folded {Folded:P2}, {Different} images in another class, {FileBytes:N0} bytes");

    private static readonly (string Title, bool IsNumber)[] Columns =
    [
        ("scheme", false), ("bits", true), ("rounded only", true), ("trained", true), ("against full precision", true), ("folded", true), ("images in another class", true), ("error / bound", true), ("file, bytes", true),
    ];

    private IEnumerable<string> Cells(double full)
    {
        yield return Variant.Scheme;
        yield return Number(Variant.Bits, "F0");
        yield return Number(Started * 100, "F2");
        yield return Number(Trained * 100, "F2");
        yield return Number((Trained - full) * 100, "+0.00;-0.00;0.00");
        yield return Number(Folded * 100, "F2");
        yield return Number(Different, "F0");
        yield return Number(WorstRatio, "0.0e-0");
        yield return Number(FileBytes, "N0");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
