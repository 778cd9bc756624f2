using System.Globalization;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Reparams;
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
    Size Parameters,
    Size FoldedParameters,
    Size TrainingFlops,
    Size WeightMapFlops,
    Size InferenceFlops,
    Size RoundingFactor)
{
    private const int BytesPerNumber = 4;

    /// <summary>What the scheduler chose.</summary>
    public EquatableArray<string> Schedule { get; init; } = [];

    /// <summary>The numbers and their masks.</summary>
    public Size StoredBytes { get; init; }

    public Size FoldedBytes { get; init; }

    public static LayerFacts Of(LayerForms forms, Proof.Verdict verdict, Proof.GradientReport check, Program training, Size roundingFactor)
    {
        var batch = forms.OutputAxes[0];
        var tensors = forms.Kept.Concat(forms.Activation?.Rounded.Stored ?? []).ToArray();
        var stored = Sum(tensors.Select(part => part.Tensor), forms);
        var parameters = stored - Sum(tensors.Select(part => part.Tensor).Where(tensor => tensor.Role == TensorRole.Buffer), forms);
        var bias = forms.Bias is null || forms.Claim.Folds.Count > 1 ? Size.Zero : forms.Resolve(forms.Weight.Output.Size);
        var weight = forms.NonZeros is { } ones ? forms.IsSymbolic ? Size.Symbol(SymbolicSizes.NonZeros) : Size.Of(ones) : Sum(forms.Claim.Folds.Select(fold => fold.Folded), forms);
        return new LayerFacts(
            TrainingLinesOf(forms).ToEquatableArray(),
            InferenceLines(OutputOf(forms), forms).ToEquatableArray(),
            Describe(verdict),
            verdict is Proof.Verdict.Proved proved ? proved.Laws : [],
            ConditionsOf(forms).Concat(verdict is Proof.Verdict.Proved assuming ? assuming.Assumptions : []).ToEquatableArray(),
            Describe(check),
            parameters,
            weight + bias + Extra(forms) + InputParameters(forms),
            forms.Resolve(CostModel.PerSample(training, batch)),
            forms.Resolve(CostModel.PerPass(training, batch)),
            forms.Norm is null && forms.Table is null ? (2 * (weight + BranchParameters(forms))) + bias : forms.Resolve(CostModel.PerSample(Scheduler.Schedule(forms.Order, [("y", forms.Claim.Inference, forms.OutputAxes)]), batch)),
            roundingFactor)
        {
            StoredBytes = BytesPerNumber * stored,
            FoldedBytes = FoldedWeightBytes(forms) + (BytesPerNumber * (bias + InputParameters(forms))),
        };
    }

    /// <summary>The folded weight's formula.</summary>
    public static string WeightForm(LayerForms forms) => ExprPrinter.PrintWithDefinitions(forms.FoldedWeight.Folded.All.ToString(), forms.FoldedWeight.Value, forms.Order)[0];

    /// <summary>The formula of the training form, and those of the values in it.</summary>
    public static IEnumerable<string> TrainingLinesOf(LayerForms forms) => TrainingLines(OutputOf(forms), forms).Distinct();

    private static string OutputOf(LayerForms forms) => "y[" + string.Join(",", forms.OutputAxes) + "]";

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

    private static Size Count(IEnumerable<Index> axes, LayerForms forms) => axes.Aggregate(Size.One, (product, axis) => product * forms.Resolve(axis.Size));

    private static Size Sum(IEnumerable<Tensor> tensors, LayerForms forms) => tensors.Aggregate(Size.Zero, (sum, tensor) => sum + Count(tensor.Axes, forms));

    /// <summary>In codes; or dense, or as compressed rows where that is smaller.</summary>
    private static Size FoldedWeightBytes(LayerForms forms)
    {
        if (forms.Shape.Format is { } format)
        {
            return PackedBytes(forms, format);
        }

        var dense = BytesPerNumber * Sum(forms.Claim.Folds.Select(fold => fold.Folded), forms);
        return forms.NonZeros is { } ones ? forms.IsSymbolic ? Size.Symbol(SymbolicSizes.SparseBytes) : Size.Of(Math.Min(dense.Constant ?? long.MaxValue, SparseSizes.RowBytes(ones, forms.Weight.Rows, forms.Weight.Columns))) : dense;
    }

    /// <summary>What a folded weight in codes holds beside its codes: scales, zero points and a low-rank term.</summary>
    private static Size Extra(LayerForms forms) => forms.Shape.Format is { } format ? (Scales(forms, format) * (format.HasZeroPoints ? 2 : 1)) + BranchParameters(forms) : Size.Zero;

    private static Size PackedBytes(LayerForms forms, FormatSpec format) =>
        (forms.Resolve(forms.Weight.Output.Size) * RowBytes(forms, format)) + (4 * Extra(forms));

    private static Size RowBytes(LayerForms forms, FormatSpec format) =>
        forms.IsSymbolic ? Size.Symbol(SymbolicSizes.RowBytes) : Size.Of((((long)forms.Weight.Columns * format.Bits) + 7) / 8);

    private static Size Scales(LayerForms forms, FormatSpec format) => forms is { IsSymbolic: true, Packed.Weight.ScaleAxes: var axes } ? Count(axes, forms)
        : Size.Of(Math.Max(1, format.Planes) * (format.GroupSize == 0 ? 1 : (long)forms.Weight.Rows * (forms.Weight.Columns / format.GroupSize)));

    private static Size BranchParameters(LayerForms forms) =>
        Size.Of(forms.Shape.Format?.Rank ?? 0) * (forms.Resolve(forms.Weight.Output.Size) + Count(forms.Weight.Inputs, forms));

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
    /// <summary>Far beyond the costs of a number, and far below what overflows 64 bits.</summary>
    private const long LargestCoefficient = 1 << 24;

    public static IEnumerable<string> Lines(LayerForms forms, LayerFacts facts)
    {
        yield return forms.Name + ": " + forms.Title;
        yield return string.Empty;
        foreach (var line in Formulas(forms, facts.TrainingForm).Concat(Section("inference", facts.InferenceForm)))
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
        yield return Row("rounding", $"|training - inference| ≤ {Factor(forms, facts.RoundingFactor)} · u · Σ|terms| in float32, u = 2⁻²⁴");
        yield return Row("parameters", $"{Text(forms, facts.Parameters)} → {Text(forms, facts.FoldedParameters)} after folding");
        yield return Row("FLOPs", $"{Text(forms, facts.TrainingFlops)} → {Text(forms, facts.InferenceFlops)} per {forms.Unit}"
            + (!facts.WeightMapFlops.IsZero ? $", and {Text(forms, facts.WeightMapFlops)} per training pass for the weight" : string.Empty));
        yield return Row("bytes", $"{Text(forms, facts.StoredBytes)} → {Text(forms, facts.FoldedBytes)}" + (forms.Shape.Format is { } format
            ? " in codes: " + (format with { GroupText = format.GroupText is null ? null : CountText.ColumnsOf(forms) }).Signature + (forms.Shape.Activation is { } activation ? "; " + activation.Signature : string.Empty)
            : " in float32" + (forms.NonZeros is null ? string.Empty : ", at most, stored sparse where that is smaller")));
    }

    /// <summary>The formula and the paper of each method, and the training form.</summary>
    public static IEnumerable<string> Formulas(LayerForms forms, EquatableArray<string> training) =>
        forms.Notes.SelectMany(note => new[] { Row(note.Method, note.Formula), Row(string.Empty, note.Paper) }).Concat(Section("training", training));

    private static IEnumerable<string> Section(string title, EquatableArray<string> lines) =>
        lines.Select((line, k) => Row(k == 0 ? title : string.Empty, line));

    private static string Row(string title, string text) => title.PadRight(12) + text;

    /// <summary>A number, or a formula in the sizes that the constructor takes.</summary>
    public static string Text(LayerForms forms, Size size)
    {
        string Symbol(string symbol) => CountText.Of(forms, symbol) ?? forms.SizeText(Size.Symbol(symbol));
        return size.Constant is { } number
            ? number.ToString("N0", CultureInfo.InvariantCulture)
            : string.Join(" + ", size.Terms.Select(term => string.Join("·", Factors(term, Symbol)))).Replace("+ -", "- ");
    }

    /// <summary>The same as an expression in generated code, of 64 bits.</summary>
    /// <param name="forms">The layer.</param>
    /// <param name="size">The formula.</param>
    /// <param name="count">What it counts.</param>
    public static string Code(LayerForms forms, Size size, string count) => size.Constant is { } number ? number.ToString(CultureInfo.InvariantCulture)
        : size.Terms.All(IsSmall) ? string.Join(" + ", size.Terms.Select(term => string.Join(" * ", Factors(term, symbol => forms.SizeText(Size.Symbol(symbol)), "L")))).Replace("+ -", "- ")
        : $"LayerSizes.Count({LayerText.Quote(forms.Name)}, {LayerText.Quote(count)}, {SizeRequirements.Exact(forms, size)})";

    /// <summary>A layer has at most 2³¹ - 1 rows times columns, which its constructor checks; but a side of that length has a square that 64 bits do not hold.</summary>
    private static bool IsSmall(Size.Monomial term) => Math.Abs(term.Coefficient) <= LargestCoefficient && term.Symbols.Count <= 2 && term.Symbols.Distinct().Count() == term.Symbols.Count;

    private static string Factor(LayerForms forms, Size size) => size.Constant is null ? "(" + Text(forms, size) + ")" : Text(forms, size);

    private static IEnumerable<string> Factors(Size.Monomial term, Func<string, string> symbolText, string suffix = "")
    {
        if (term.Coefficient != 1 || term.Symbols.Count == 0 || suffix.Length > 0)
        {
            yield return term.Coefficient.ToString(CultureInfo.InvariantCulture) + suffix;
        }

        foreach (var symbol in term.Symbols)
        {
            yield return symbolText(symbol);
        }
    }
}
