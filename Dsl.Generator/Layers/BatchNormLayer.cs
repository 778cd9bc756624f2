using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// Batch normalization of images, <c>BatchNorm2d</c>, and of rows, <c>BatchNorm1d</c>. In training mode
/// <c>y = (x - mean) / √(variance + ε)·weight + bias</c> with the statistics of the batch, each channel over all of its images and
/// places, each feature over all rows, and the running statistics follow; the variance that they follow is the unbiased one. In eval
/// mode the running statistics take their place, which is the form that folds, to <c>y = x·scale + shift</c>: the claim is about eval mode.
/// </summary>
internal static class BatchNormLayer
{
    private const string Images = "BatchNorm2d";
    private const double UsualEps = 1e-5;
    private const double UsualMomentum = 0.1;

    private static readonly Index B = new("b", Size.Symbol("batch"));
    private static readonly Index C = new("c", Size.Symbol("features"));
    private static readonly Index I = new("i", Size.Symbol("features"));
    private static readonly Index H = new("h", Size.Symbol("height"));
    private static readonly Index W = new("w", Size.Symbol("width"));

    public static LayerKind OfImages { get; } = new(Images, NormChecks.Check, WeightOf, ShapeOf, Build) { Refuse = NormChecks.Refuse, Widths = new("features", "features") { OfImages = true } };

    public static LayerKind OfRows { get; } = new("BatchNorm1d", NormChecks.Check, WeightOf, ShapeOf, Build) { Refuse = NormChecks.Refuse, Widths = new("features", "features") };

    /// <summary>The normalization that a declaration means, over an index of channels.</summary>
    public static ChannelNorm NormOf(AttributeSpec kind, Index channel, string prefix) =>
        new(channel, prefix, kind.Flag("Affine", true), kind.Double("Eps", UsualEps));

    private static WeightShape WeightOf(AttributeSpec kind) => new([kind.Name == Images ? C : I], [kind.Int("features")]) { Texts = [kind.Size("features")] };

    private static BatchNormShape ShapeOf(LayerSpec layer) => new(layer.Name, layer.Kind.Int("features"), layer.Kind.Name == Images);

    private static LayerForms Build(LayerSpec spec)
    {
        var (layer, affine) = (ShapeOf(spec), spec.Kind.Flag("Affine", true));
        var weight = WeightOf(spec.Kind);
        var (channel, what) = (weight.Output, layer.OfImages ? "channel" : "feature");
        EquatableArray<Index> axes = layer.OfImages ? [B, channel, H, W] : [B, channel];
        var x = new Tensor("x", TensorRole.Input, axes);
        var (scale, shift) = (new Tensor("scale", TensorRole.Folded, [channel]), new Tensor("shift", TensorRole.Folded, [channel]));
        var norm = NormOf(spec.Kind, channel, string.Empty);
        StoredTensor[] trained = affine ? [new(norm.Weight, "the factor of each " + what) { Start = 1 }, new(norm.Bias, "added to each " + what)] : [];

        return new LayerForms(
            spec.Name,
            layer.Kind + "(" + spec.Kind.Size("features") + (affine ? ")" : ", no weight and bias)"),
            layer,
            weight,
            x,
            Order: axes,
            OutputAxes: axes,
            new Claim(
                spec.Name,
                norm.Apply(x.All),
                (x.All * scale.All) + shift.All,
                [new FoldDefinition(scale, norm.Scale), new FoldDefinition(shift, norm.Shift)],
                ChannelNorm.Conditions),
            [.. trained, new(norm.Mean, "the running mean of each " + what), new(norm.Variance, "the running variance of each " + what) { Start = 1 }],
            Initialization: [],
            [new MethodNote(layer.Kind, "y = (x - mean) / √(variance + ε) · weight + bias", "Ioffe, Szegedy 2015, arXiv 1502.03167")],
            [SizeBinding.Of("features", layer.Features, spec.Kind.Size("features"))],
            Unit: layer.OfImages ? "place of an image" : "row")
        {
            Norm = OfBatches(norm, x, channel, spec.Kind.Double("Eps", UsualEps), spec.Kind.Double("Momentum", UsualMomentum)),
        };
    }

    /// <summary>Training mode, and what a batch makes of the running statistics: of all axes but the channel's.</summary>
    private static NormForms OfBatches(ChannelNorm norm, Tensor x, Index channel, double eps, double momentum)
    {
        var summed = x.Axes.Where(axis => axis != channel).ToArray();
        var count = new SizeValue(summed.Select(axis => axis.Size).Aggregate((product, size) => product * size));
        var mean = Name("mean", Total(x.All) / count);
        var centered = Name("centered", x.All - mean);
        var squares = Name("squares", Total(Square(centered)));
        Expr Total(Expr body) => Enumerable.Reverse(summed).Aggregate(body, (inner, axis) => Sum(axis, inner));
        Expr Moved(Tensor running, Expr value) => ((1 - Number(momentum)) * running.All) + (Number(momentum) * value);
        return new NormForms(eps)
        {
            Batch = norm.Affine(centered / Name("deviation", Sqrt((squares / count) + Number(eps)))),
            Updates = [new(norm.Mean, Moved(norm.Mean, mean)), new(norm.Variance, Moved(norm.Variance, Name("unbiased", squares / (count - 1))))],
        };
    }
}
