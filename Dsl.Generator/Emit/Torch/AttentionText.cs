using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Reparams;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>The certificate of an attention layer: as lines for the header, and as arguments of the runtime's record.</summary>
internal sealed record AttentionText(IReadOnlyList<string> Lines, IReadOnlyList<string> CertificateArguments)
{
    private const string Formula = "y = softmax(q kᵀ / √d + mask) v in each head";

    private const string Paper = "Vaswani et al.: Attention Is All You Need, 2017, arXiv 1706.03762";

    public static AttentionText Of(ScheduledAttention layer, IReadOnlyList<AttentionPart> parts)
    {
        var (core, shape) = (layer.Core, layer.Core.Shape);
        var training = Form(core, core.Stable);
        var inference = Form(core, core.Plain);
        var merge = core.Merge is { } claim ? Merged(claim) : [];
        var flops = core.Resolve(CostModel.PerSample(layer.Forward, core.OutputAxes[0]));
        var (verdict, laws) = Describe(layer.Verdict);
        List<string> lines =
        [
            $"{shape.Name}: {shape.Signature}",
            string.Empty,
            Row("Attention", Formula),
            Row(string.Empty, Paper),
            .. parts.Select(part => Row(part.Field, $"{part.Class}, {part.Layer.Kind.Size("inFeatures")} → {part.Layer.Kind.Size("outFeatures")}" + string.Concat(part.Layer.Methods.Select(method => ", " + Methods.Title(method))))),
            .. Section("computed", training),
            .. Section("meant", inference),
            .. Section("merged", merge),
            .. Biases(shape),
            Row("verdict", verdict),
            .. laws.Count > 0 ? new[] { Row("laws", string.Join(", ", laws)) } : [],
            Row("gradients", Describe(layer.Check)),
            .. Storage(shape),
            Row("FLOPs", (flops.Constant is { } number ? Number(number) : core.SizeText(flops).Replace(" * ", "·")) + " for each token and each token that it attends to, beside the projections"),
        ];
        return new AttentionText(lines, [.. Arguments(layer, training, inference, merge, verdict, laws, parts, flops)]);
    }

    private static IEnumerable<string> Arguments(
        ScheduledAttention layer, IReadOnlyList<string> training, IReadOnlyList<string> inference, IReadOnlyList<string> merge, string verdict, EquatableArray<string> laws, IReadOnlyList<AttentionPart> parts, Size flops)
    {
        yield return Quote(Formula) + ",";
        yield return Quote(Paper) + ",";
        yield return Quote(string.Join(", ", training)) + ",";
        yield return Quote(string.Join(", ", inference.Concat(merge))) + ",";
        yield return Quote(verdict) + ",";
        yield return $"[{string.Join(", ", laws.Select(Quote))}],";
        yield return $"flops: {layer.Core.SizeText(flops, flops.Constant is null ? "L" : string.Empty)},";
        yield return string.Join(", ", parts.Select(part => part.Field)) + ");";
    }

    private static IReadOnlyList<string> Form(AttentionCore core, Expr form) =>
        ExprPrinter.PrintWithDefinitions("y[" + string.Join(",", core.OutputAxes) + "]", form, core.Order);

    private static IReadOnlyList<string> Merged(Claim claim) =>
        [.. claim.Folds.SelectMany(fold => ExprPrinter.PrintWithDefinitions(fold.Folded.All.ToString(), fold.Value, fold.Folded.Axes))];

    /// <summary>How the bias of queries is part of the product, and where that of keys went.</summary>
    private static IEnumerable<string> Biases(AttentionShape shape) => Section("biases", !shape.QueryBias ? [] :
    [
        "q[b,t] = (x[b,t], 1), k[b,s,h] = (W_qk[h]·x[b,s], u[h]·x[b,s])",
        "b_k adds the same to the scores of all keys, which softmax does not see: it is not stored",
    ]);

    /// <summary>Merging pays in products, not in bytes, unless a head is more than half as wide as the layer.</summary>
    private static IEnumerable<string> Storage(AttentionShape shape)
    {
        if (shape.Merged)
        {
            var (heads, dim, head) = ((long)shape.Heads, (long)shape.Dim, (long)shape.HeadSize);
            yield return Row("numbers", shape.QueryBias
                ? $"W_qk {Number(heads * (dim + 1) * dim)} = heads · (dim + 1) · dim, against {Number((2 * dim * heads * head) + (heads * head))} = (2 · dim + 1) · heads · d of W_q, b_q and W_k"
                : $"W_qk {Number(heads * dim * dim)} = heads · dim², against {Number(2 * dim * heads * head)} = 2 · dim · heads · d of W_q and W_k");
        }
    }

    private static (string Verdict, EquatableArray<string> Laws) Describe(Verdict verdict) => verdict switch
    {
        Verdict.Proved proved => ("proved for every input, parameter and size, given the folds of the projections", proved.Laws),
        Verdict.Tested tested => ("tested, not proved: " + tested.Bound, []),
        Verdict.Refuted refuted => ("refuted: " + refuted.Counterexample, []),
        _ => (string.Empty, []),
    };

    private static string Describe(GradientReport check) => check.Error is { } error ? "wrong: " + error
        : check.Points == 0 ? "not checked: " + check.Reason
        : FormattableString.Invariant($"equal to forward-mode derivatives at {check.Points} points");

    private static IEnumerable<string> Section(string title, IReadOnlyList<string> lines) => lines.Select((line, k) => Row(k == 0 ? title : string.Empty, line));

    private static string Row(string title, string text) => title.PadRight(12) + text;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Quote(string value) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(value, quote: true);
}
