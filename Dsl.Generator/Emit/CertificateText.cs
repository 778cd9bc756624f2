using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit;

/// <summary>What is known of a layer at the end of the pipeline, in the units of the certificate.</summary>
internal sealed record LayerFacts(
    EquatableArray<string> TrainingForm,
    EquatableArray<string> InferenceForm,
    string Verdict,
    EquatableArray<string> Laws,
    EquatableArray<string> Conditions,
    string GradientCheck,
    long Parameters,
    long FoldedParameters,
    long TrainingFlops,
    long WeightMapFlops,
    long InferenceFlops,
    long RoundingFactor)
{
    private const int BytesPerNumber = 4;

    /// <summary>What the scheduler chose.</summary>
    public EquatableArray<string> Schedule { get; init; } = [];

    /// <summary>The numbers and their masks.</summary>
    public long StoredBytes { get; init; }

    public long FoldedBytes { get; init; }

    public static LayerFacts Of(LayerForms forms, Proof.Verdict verdict, Proof.GradientReport check, Program training, long roundingFactor)
    {
        var batch = forms.OutputAxes[0];
        var tensors = forms.Kept.Concat(forms.Activation?.Rounded.Stored ?? []).ToArray();
        var stored = tensors.Sum(stored => Count(stored.Tensor, forms));
        var parameters = stored - tensors.Where(part => part.Tensor.Role == TensorRole.Buffer).Sum(part => Count(part.Tensor, forms));
        var bias = forms.Bias is null || forms.Claim.Folds.Count > 1 ? 0 : forms.Weight.Rows;
        var weight = forms.NonZeros ?? forms.Claim.Folds.Sum(fold => Count(fold.Folded, forms));
        var output = "y[" + string.Join(",", forms.OutputAxes) + "]";
        return new LayerFacts(
            TrainingLines(output, forms).Distinct().ToEquatableArray(),
            InferenceLines(output, forms).ToEquatableArray(),
            Describe(verdict),
            verdict is Proof.Verdict.Proved proved ? proved.Laws : [],
            ConditionsOf(forms).Concat(verdict is Proof.Verdict.Proved assuming ? assuming.Assumptions : []).ToEquatableArray(),
            Describe(check),
            parameters,
            weight + bias + Extra(forms) + InputParameters(forms),
            CostModel.PerSample(training, batch, forms.Evaluate),
            CostModel.PerPass(training, batch, forms.Evaluate),
            forms.Norm is null && forms.Table is null ? (2 * (weight + BranchParameters(forms))) + bias : CostModel.PerSample(Scheduler.Schedule(forms.Order, [("y", forms.Claim.Inference, forms.OutputAxes)]), batch, forms.Evaluate),
            roundingFactor)
        {
            StoredBytes = BytesPerNumber * stored,
            FoldedBytes = FoldedWeightBytes(forms) + (BytesPerNumber * (bias + InputParameters(forms))),
        };
    }

    /// <summary>The folded weight's formula.</summary>
    public static string WeightForm(LayerForms forms) => ExprPrinter.PrintWithDefinitions(forms.FoldedWeight.Folded.All.ToString(), forms.FoldedWeight.Value, forms.Order)[0];

    private static IEnumerable<string> TrainingLines(string output, LayerForms forms) => forms.Activation is not { } input
        ? ModeLines(output, forms)
        : ExprPrinter.PrintWithDefinitions(output, input.Training, forms.Order)
            .Concat(ExprPrinter.PrintWithDefinitions(input.RoundedTensor.All.ToString(), input.Rounded.Training, forms.Order));

    private static IEnumerable<string> InferenceLines(string output, LayerForms forms)
    {
        var claim = forms.Activation?.Claim ?? forms.Claim;
        return ExprPrinter.PrintWithDefinitions(output, claim.Inference, forms.Order)
            .Concat(claim.Folds.SelectMany(fold => ExprPrinter.PrintWithDefinitions(fold.Folded.All.ToString(), fold.Value, forms.Order)))
            .Distinct();
    }

    /// <summary>The scale and the zero point of the input's grid.</summary>
    private static long InputParameters(LayerForms forms) => forms.Activation is null ? 0 : 2;

    private static IEnumerable<string> ConditionsOf(LayerForms forms) => forms.Claim.SideConditions.Union(forms.Activation?.Claim.SideConditions ?? []);

    /// <summary>Where the modes differ, eval mode, the one that folds, comes first.</summary>
    private static IEnumerable<string> ModeLines(string output, LayerForms forms)
    {
        var lines = ExprPrinter.PrintWithDefinitions(output, forms.Claim.Training, forms.Order);
        return forms.Norm?.Batch is not { } batch ? lines :
        [
            .. lines.Select((line, k) => k == 0 ? line + " in eval mode" : line),
            .. ExprPrinter.PrintWithDefinitions(output, batch, forms.Order).Select((line, k) => k == 0 ? line + " in training mode" : line),
            .. forms.Norm.Updates.SelectMany(update => ExprPrinter.PrintWithDefinitions(update.Tensor.Name + " after a batch", update.Value, forms.Order)),
        ];
    }

    private static long Count(Tensor tensor, LayerForms forms) => tensor.Axes.Aggregate(1L, (product, axis) => product * forms.Evaluate(axis.Size));

    /// <summary>
    /// In codes; or dense, or as compressed rows where that is smaller: a value, a column of 2 or 4 bytes, and where each row starts.
    /// The runtime's SparseRows counts in the same way.
    /// </summary>
    private static long FoldedWeightBytes(LayerForms forms)
    {
        if (forms.Shape.Format is { } format)
        {
            return PackedBytes(forms, format);
        }

        var dense = BytesPerNumber * forms.Claim.Folds.Sum(fold => Count(fold.Folded, forms));
        var column = forms.Weight.Columns <= 1 << 16 ? sizeof(ushort) : sizeof(int);
        return forms.NonZeros is { } ones ? Math.Min(dense, (ones * (BytesPerNumber + column)) + (sizeof(int) * (forms.Weight.Rows + 1L))) : dense;
    }

    /// <summary>What a folded weight in codes holds beside its codes: scales, zero points and a low-rank term.</summary>
    private static long Extra(LayerForms forms) => forms.Shape.Format is { } format ? (Scales(forms, format) * (format.HasZeroPoints ? 2 : 1)) + BranchParameters(forms) : 0;

    private static long PackedBytes(LayerForms forms, FormatSpec format) =>
        (forms.Weight.Rows * ((((long)forms.Weight.Columns * format.Bits) + 7) / 8)) + (4 * Extra(forms));

    private static long Scales(LayerForms forms, FormatSpec format) => Math.Max(1, format.Planes) * (format.GroupSize == 0 ? 1 : (long)forms.Weight.Rows * (forms.Weight.Columns / format.GroupSize));

    private static long BranchParameters(LayerForms forms) => (long)(forms.Shape.Format?.Rank ?? 0) * (forms.Weight.Rows + forms.Weight.Columns);

    private static string Describe(Proof.GradientReport check) =>
        (check.Error is { } error ? "wrong: " + error
            : check.Points == 0 ? "not checked: no point gave a value on both sides"
            : FormattableString.Invariant($"equal to forward-mode derivatives at {check.Points} points"))
        + (check.Surrogates.Count > 0 ? ", with declared surrogates: " + string.Join(", ", check.Surrogates) : string.Empty);

    public static string Describe(Proof.Verdict verdict) => verdict switch
    {
        Proof.Verdict.Proved proved => "proved for every input, parameter and size"
            + (proved.Assumptions.Count > 0 ? ", provided that " + string.Join(" and ", proved.Assumptions) : string.Empty),
        Proof.Verdict.Tested tested => "tested, not proved: " + tested.Bound,
        Proof.Verdict.Refuted refuted => "refuted: " + refuted.Counterexample,
        _ => string.Empty,
    };
}

/// <summary>The certificate as text: the same lines stand in the generated header and in the constant.</summary>
internal static class CertificateText
{
    public static IEnumerable<string> Lines(LayerForms forms, LayerFacts facts)
    {
        yield return forms.Name + ": " + forms.Title;
        yield return string.Empty;
        foreach (var note in forms.Notes)
        {
            yield return Row(note.Method, note.Formula);
            yield return Row(string.Empty, note.Paper);
        }

        foreach (var line in Section("training", facts.TrainingForm).Concat(Section("inference", facts.InferenceForm)))
        {
            yield return line;
        }

        yield return Row("verdict", facts.Verdict);
        if (facts.Laws.Count > 0)
        {
            yield return Row("laws", string.Join(", ", facts.Laws));
        }

        foreach (var condition in facts.Conditions)
        {
            yield return Row("provided", condition);
        }

        foreach (var line in Section("schedule", facts.Schedule))
        {
            yield return line;
        }

        yield return Row("gradients", facts.GradientCheck);
        yield return Row("rounding", $"|training - inference| ≤ {Text(facts.RoundingFactor)} · u · Σ|terms| in float32, u = 2⁻²⁴");
        yield return Row("parameters", $"{Text(facts.Parameters)} → {Text(facts.FoldedParameters)} after folding");
        yield return Row("FLOPs", $"{Text(facts.TrainingFlops)} → {Text(facts.InferenceFlops)} per {forms.Unit}"
            + (facts.WeightMapFlops > 0 ? $", and {Text(facts.WeightMapFlops)} per training pass for the weight" : string.Empty));
        yield return Row("bytes", $"{Text(facts.StoredBytes)} → {Text(facts.FoldedBytes)}" + (forms.Shape.Format is { } format
            ? " in codes: " + format.Signature + (forms.Shape.Activation is { } activation ? "; " + activation.Signature : string.Empty)
            : " in float32" + (forms.NonZeros is null ? string.Empty : ", at most, stored sparse where that is smaller")));
    }

    private static IEnumerable<string> Section(string title, EquatableArray<string> lines) =>
        lines.Select((line, k) => Row(k == 0 ? title : string.Empty, line));

    private static string Row(string title, string text) => title.PadRight(12) + text;

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
