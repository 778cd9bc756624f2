using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Merging;
using LayerDsl.Generator.Proof;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Generator.Emit;

/// <summary>What is known of a merged pair, as text.</summary>
internal static class MergeText
{
    /// <summary>The lines of the model's header.</summary>
    public static IEnumerable<string> Lines(ProvedPair pair)
    {
        yield return string.Empty;
        yield return pair.Pair.Name + (pair.IsMerged ? ": merged when the model is folded" : ": not merged, because it is not proved");
        foreach (var line in Section("training", Training(pair)).Concat(Section("inference", Inference(pair))).Append(Row("verdict", LayerFacts.Describe(pair.Verdict))))
        {
            yield return line;
        }

        foreach (var condition in Conditions(pair))
        {
            yield return Row("provided", condition);
        }
    }

    /// <summary>The certificate, as an expression.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="first">The field of the first layer.</param>
    /// <param name="second">The field of the second layer.</param>
    public static string Certificate(ProvedPair pair, string first, string second)
    {
        var laws = pair.Verdict is Verdict.Proved proved ? proved.Laws : [];
        var folds = pair.Forms.Claim.Folds.Select(fold => ExprPrinter.PrintWithDefinitions(fold.Folded.All.ToString(), fold.Value, pair.Forms.Order)[0]);
        return $"LayerCertificate.Merged({first}.GetCertificate(), {second}.GetCertificate(), {Quote(string.Join("; ", folds))}, {Quote(string.Join(", ", Training(pair)))}, "
            + $"{Quote(string.Join(", ", Inference(pair)))}, {Quote(LayerFacts.Describe(pair.Verdict))}, [{string.Join(", ", laws.Select(Quote))}], [{string.Join(", ", Conditions(pair).Select(Quote))}], foldedParameters: {pair.Forms.FoldedParameters}, inferenceFlops: {pair.Forms.InferenceFlops}, foldedBytes: {pair.Forms.FoldedBytes})";
    }

    private static IEnumerable<string> Training(ProvedPair pair) => ExprPrinter.PrintWithDefinitions(Output(pair), pair.Forms.Claim.Training, pair.Forms.Order).Distinct();

    private static IEnumerable<string> Inference(ProvedPair pair) => ExprPrinter.PrintWithDefinitions(Output(pair), pair.Forms.Claim.Inference, pair.Forms.Order)
        .Concat(pair.Forms.Claim.Folds.SelectMany(fold => ExprPrinter.PrintWithDefinitions(fold.Folded.All.ToString(), fold.Value, pair.Forms.Order)))
        .Distinct();

    private static IEnumerable<string> Conditions(ProvedPair pair) =>
        pair.Forms.Claim.SideConditions.Concat(pair.Verdict is Verdict.Proved proved ? proved.Assumptions : []);

    private static string Output(ProvedPair pair) => "y[" + string.Join(",", pair.Forms.OutputAxes) + "]";

    private static IEnumerable<string> Section(string title, IEnumerable<string> lines) => lines.Select((line, k) => Row(k == 0 ? title : string.Empty, line));

    private static string Row(string title, string text) => title.PadRight(12) + text;

    private static string Quote(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
