using System.Globalization;
using System.Text;

namespace LayerDsl;

/// <summary>What is known of a generated layer: the formula, what was proved of its fold, and what it costs.</summary>
/// <param name="Layer">The declared property or class.</param>
/// <param name="Formula">The effective weight, as in the paper.</param>
/// <param name="Paper">Where the method is from; empty for a plain layer.</param>
/// <param name="TrainingForm">The expression that training evaluates.</param>
/// <param name="InferenceForm">The expression that the folded layer evaluates, over folded tensors.</param>
/// <param name="Verdict">Whether both forms are equal: proved for every size, or tested, with the bound.</param>
/// <param name="Laws">The laws the proof used, in order.</param>
/// <param name="SideConditions">What the proof assumes.</param>
/// <param name="Parameters">Trainable and frozen numbers stored for training.</param>
/// <param name="FoldedParameters">Numbers stored after folding.</param>
/// <param name="TrainingFlops">Floating-point operations of the training form's forward pass, per sample.</param>
/// <param name="InferenceFlops">Floating-point operations of the folded layer, per sample.</param>
/// <param name="StoredBytes">Bytes stored for training, without gradients and optimizer state.</param>
/// <param name="FoldedBytes">Bytes stored after folding.</param>
/// <param name="RoundingFactor">
/// The first-order bound on |training − inference| in float32, as a multiple of u · Σ|terms| with u = 2⁻²⁴.
/// </param>
public sealed record LayerCertificate(
    string Layer,
    string Formula,
    string Paper,
    string TrainingForm,
    string InferenceForm,
    string Verdict,
    EquatableList<string> Laws,
    EquatableList<string> SideConditions,
    long Parameters,
    long FoldedParameters,
    long TrainingFlops,
    long InferenceFlops,
    long StoredBytes,
    long FoldedBytes,
    double RoundingFactor)
{
    /// <summary>The certificate of two layers that are merged when their model is folded: what was proved of the pair, and the costs of both.</summary>
    /// <param name="first">The layer that is called first.</param>
    /// <param name="second">The layer that reads its output.</param>
    /// <param name="formula">The merged tensors.</param>
    /// <param name="trainingForm">Both training forms in turn.</param>
    /// <param name="inferenceForm">What the folded pair evaluates.</param>
    /// <param name="verdict">Whether both are equal.</param>
    /// <param name="laws">The laws the proof used, in order.</param>
    /// <param name="sideConditions">What the proof assumes.</param>
    /// <param name="foldedParameters">Numbers stored of the folded pair.</param>
    /// <param name="inferenceFlops">Floating-point operations of the folded pair, per sample.</param>
    /// <param name="foldedBytes">Bytes stored of the folded pair.</param>
    public static LayerCertificate Merged(
        LayerCertificate first,
        LayerCertificate second,
        string formula,
        string trainingForm,
        string inferenceForm,
        string verdict,
        EquatableList<string> laws,
        EquatableList<string> sideConditions,
        long foldedParameters,
        long inferenceFlops,
        long foldedBytes)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new LayerCertificate(
            $"{first.Layer} + {second.Layer}",
            formula,
            string.Empty,
            trainingForm,
            inferenceForm,
            verdict,
            laws,
            sideConditions,
            first.Parameters + second.Parameters,
            foldedParameters,
            first.TrainingFlops + second.TrainingFlops,
            inferenceFlops,
            first.StoredBytes + second.StoredBytes,
            foldedBytes,
            first.RoundingFactor + second.RoundingFactor);
    }

    /// <summary>The certificate as a person reads it, one fact to a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line(text, "layer", Layer);
        Line(text, "formula", Formula);
        Line(text, "paper", Paper);
        Line(text, "training", TrainingForm);
        Line(text, "inference", InferenceForm);
        Line(text, "verdict", Verdict);
        Line(text, "laws", string.Join(", ", Laws));
        Line(text, "provided", string.Join("; ", SideConditions));
        Line(text, "parameters", BeforeAndAfter(Parameters, FoldedParameters, string.Empty));
        Line(text, "cost", BeforeAndAfter(TrainingFlops, InferenceFlops, " FLOPs per sample"));
        Line(text, "storage", BeforeAndAfter(StoredBytes, FoldedBytes, " bytes"));
        Line(text, "rounding", string.Create(CultureInfo.InvariantCulture, $"at most {RoundingFactor:G6} · u · Σ|terms|, u = 2⁻²⁴"));
        return text.ToString().TrimEnd('\n');
    }

    private static string BeforeAndAfter(long training, long folded, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{training:N0} → {folded:N0}{unit}");

    private static void Line(StringBuilder text, string label, string value)
    {
        if (value.Length > 0)
        {
            text.Append(label.PadRight(12)).Append(value).Append('\n');
        }
    }
}
