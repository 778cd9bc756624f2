using LayerDsl.Examples.Data;
using LayerDsl.Examples.Training;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Reporting;

/// <summary>A folded model, beside the one it comes from.</summary>
/// <param name="Accuracy">How many test images it classifies rightly, from 0 to 1.</param>
/// <param name="DifferentClasses">How many test images it puts into another class than the training model.</param>
/// <param name="Parameters">The numbers it stores.</param>
/// <param name="Bytes">The bytes they take.</param>
/// <param name="Output">How far the outputs are apart, and the certificate's bound.</param>
public sealed record FoldedResult(double Accuracy, int DifferentClasses, long Parameters, long Bytes, FoldReportRow Output)
{
    /// <summary>Measures a folded model.</summary>
    /// <param name="model">The training model.</param>
    /// <param name="folded">The folded one.</param>
    /// <param name="report">The comparison of their outputs on the images.</param>
    /// <param name="test">The images to measure with.</param>
    public static FoldedResult Measure(nn.Module<Tensor, Tensor> model, FoldedModel folded, FoldReport report, LabelledImages test)
    {
        ArgumentNullException.ThrowIfNull(folded);
        ArgumentNullException.ThrowIfNull(report);
        var classes = Evaluation.Classes(folded, test);
        return new FoldedResult(
            Evaluation.Accuracy(classes, test),
            Evaluation.Differences(classes, Evaluation.Classes(model, test)),
            folded.ParameterCount,
            folded.ByteCount,
            report.Rows[^1]);
    }
}
