using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// The normalizations of rows: LayerNorm, <c>y[b,i] = (x[b,i] - mean[b]) / √(variance[b] + ε)·weight[i] + bias[i]</c>, and RmsNorm,
/// <c>y[b,i] = x[b,i] / √(Σ_j x[b,j]² / n + ε)·weight[i]</c>. Training and inference compute alike: the fold is a copy.
/// </summary>
internal static class RowNormLayer
{
    private const double LayerNormEps = 1e-5;
    private const double RmsNormEps = 1e-6;

    public static LayerKind LayerNorm { get; } = new("LayerNorm", NormChecks.Check, WeightOf, ShapeOf, Build) { Refuse = NormChecks.Refuse, Widths = new("features", "features") };

    public static LayerKind RmsNorm { get; } = new("RmsNorm", NormChecks.Check, WeightOf, ShapeOf, Build) { Refuse = NormChecks.Refuse, Widths = new("features", "features") };

    private static WeightShape WeightOf(AttributeSpec kind) => new([new Index("i", Size.Symbol("features"))], [kind.Int("features")]) { Texts = [kind.Size("features")] };

    private static RowNormShape ShapeOf(LayerSpec layer) => layer.Kind.Name == "LayerNorm"
        ? new(layer.Name, "LayerNorm", layer.Kind.Int("features"), layer.Kind.Double("Eps", LayerNormEps), layer.Kind.Flag("Bias", true))
        : new(layer.Name, "RmsNorm", layer.Kind.Int("features"), layer.Kind.Double("Eps", RmsNormEps), Bias: false);

    private static LayerForms Build(LayerSpec spec)
    {
        var (layer, shape) = (ShapeOf(spec), WeightOf(spec.Kind));
        var (b, i) = (new Index("b", Size.Symbol("batch")), shape.Output);
        var x = new Tensor("x", TensorRole.Input, [b, i]);
        var norm = new RowNorm(i, string.Empty, layer);
        var folded = new Tensor("w", TensorRole.Folded, [i]);
        var normalized = norm.Normalize(x.All);
        var weight = new StoredTensor(norm.Weight, "the factor of each feature") { Start = 1 };

        return new LayerForms(
            spec.Name,
            layer.Kind + "(" + shape.RowsText + (layer.IsCentered && !layer.Bias ? ", no bias)" : ")"),
            layer,
            shape,
            x,
            Order: [b, i],
            OutputAxes: [b, i],
            new Claim(spec.Name, norm.Affine(normalized, norm.Weight), norm.Affine(normalized, folded), [new FoldDefinition(folded, norm.Weight.All)], []),
            layer.Bias ? [weight, new StoredTensor(norm.Bias, "added to the output")] : [weight],
            Initialization: [],
            [layer.IsCentered
                ? new MethodNote("LayerNorm", "y = (x - mean(x)) / √(variance(x) + ε) · weight + bias", "Ba, Kiros, Hinton 2016, arXiv 1607.06450")
                : new MethodNote("RmsNorm", "y = x / √(mean(x²) + ε) · weight", "Zhang, Sennrich 2019, arXiv 1910.07467")],
            [SizeBinding.Of("features", layer.Features, shape.RowsText)],
            Unit: "row")
        {
            Norm = new NormForms(layer.Eps),
        };
    }
}
