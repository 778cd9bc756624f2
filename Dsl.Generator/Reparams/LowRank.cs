using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Reparams;

/// <summary>
/// Low-rank adaptation: <c>W' = W + s · B A</c>, s = α / r (Hu et al. 2021, arXiv 2106.09685), or s = α / √r
/// (rank-stabilized: Kalajdzievski 2023, arXiv 2312.03732). A starts Kaiming-uniform and B zero, or both hold the top of
/// the singular value decomposition (PiSSA: Meng et al. 2024, arXiv 2404.02948).
/// Training applies the branch s · (x Aᵀ) Bᵀ; the fold merges it into W. Of a convolution A is one to r channels with the
/// layer's kernel and B one with a 1×1 kernel: the merged kernel is Σ_r B[o,r] · A[r,c,u,v].
/// </summary>
internal static class LowRank
{
    /// <summary>Beyond this, float32 products with the scale overflow.</summary>
    private const double LargestAlpha = 1e6;

    public static Method Method { get; } = new("LowRank", Check, Apply, BaseName: _ => null, Freezes: attribute => attribute.Flag("Freeze"));

    private static EffectiveWeight Apply(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var rank = attribute.Int("rank");
        var r = new Index("r", Size.Symbol("rank"));
        var down = new Tensor("lora_A", TensorRole.Trainable, [r, .. shape.Inputs]);
        var up = new Tensor("lora_B", TensorRole.Trainable, [shape.Output, r]);
        var scale = Operators.Number(Scale(attribute));
        var branch = new LowRankBranch(scale, up, down, r);

        InitStep[] undo = attribute.Choice("Init", "Lora") == "PiSSA"
            ? [
                new InitStep.SplitTopRank(up, down, scale, rank),
                new InitStep.Retarget(shape.Target - branch.Merged),
            ]
            : [new InitStep.KaimingUniform(down), new InitStep.Store(up, 0)];

        return (weight with { Branches = [.. weight.Branches, branch] }).With(
            [new StoredTensor(down, "A, from the input to the rank"), new StoredTensor(up, "B, from the rank to the output")],
            undo,
            new MethodNote("LowRank", "W' = W + s · B A, s = " + Text(Scale(attribute)), "Hu et al.: LoRA, 2021, arXiv 2106.09685" + Extension(attribute)),
            new SizeBinding("rank", rank));
    }

    /// <summary>1 ≤ rank ≤ min(in, out); α a finite number, positive where the singular values are divided by it.</summary>
    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute, WeightShape shape)
    {
        var rank = attribute.Int("rank");
        var largest = Math.Min(shape.Columns, shape.Rows);
        if (rank < 1 || rank > largest)
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.RankOutOfRange, Text(rank), Text(largest), Text(shape.Columns), Text(shape.Rows));
        }
        else if ((long)rank * (shape.Columns + shape.Rows) >= (long)shape.Columns * shape.Rows)
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.RankSavesNothing, Text(rank), Text((long)rank * (shape.Columns + shape.Rows)), Text((long)shape.Columns * shape.Rows));
        }

        var alpha = attribute.Double("Alpha", double.NaN);
        if (Math.Abs(alpha) > LargestAlpha || (attribute.Choice("Init", "Lora") == "PiSSA" && alpha <= 0))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.AlphaOutOfRange, Text(alpha));
        }
        else if (double.IsNaN(alpha) && attribute.Flag("RankStabilized"))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.WithoutEffect, "LowRank", "RankStabilized = true", "s is 1 without Alpha; give Alpha, or leave it out");
        }
        else if (alpha == 0)
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.WithoutEffect, "LowRank", "Alpha = 0", "B A is multiplied by zero, and neither is trained; leave LowRank out, or give another Alpha");
        }

        if (attribute.Choice("Init", "Lora") is var init and not ("Lora" or "PiSSA"))
        {
            yield return DiagnosticInfo.At(attribute.Place, MethodDiagnostics.UnknownChoice, "LowRank", "Init", init, "Lora, PiSSA");
        }
    }

    /// <summary>α / r or α / √r; without an α, s = 1.</summary>
    private static double Scale(AttributeSpec attribute)
    {
        var rank = attribute.Int("rank");
        var divisor = attribute.Flag("RankStabilized") ? Math.Sqrt(rank) : rank;
        var alpha = attribute.Double("Alpha", double.NaN);
        return double.IsNaN(alpha) ? 1 : alpha / divisor;
    }

    private static string Extension(AttributeSpec attribute) =>
        (attribute.Flag("RankStabilized") ? "; Kalajdzievski: rsLoRA, 2023, arXiv 2312.03732" : string.Empty)
        + (attribute.Choice("Init", "Lora") == "PiSSA" ? "; Meng et al.: PiSSA, 2024, arXiv 2404.02948" : string.Empty);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
