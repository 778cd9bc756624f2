using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// Batch normalization of images. In training mode <c>y = (x - mean) / √(variance + ε)·weight + bias</c> with the statistics of
/// the batch, each channel over all of its images and places, and the running statistics follow; the variance that they follow is
/// the unbiased one. In eval mode the running statistics take their place, which is the form that folds, to
/// <c>y = x·scale + shift</c>: the claim is about eval mode.
/// </summary>
internal static class BatchNorm2dLayer
{
    private const double UsualEps = 1e-5;
    private const double UsualMomentum = 0.1;

    private static readonly Index B = new("b", Size.Symbol("batch"));
    private static readonly Index C = new("c", Size.Symbol("features"));
    private static readonly Index H = new("h", Size.Symbol("height"));
    private static readonly Index W = new("w", Size.Symbol("width"));
    private static readonly Tensor X = new("x", TensorRole.Input, [B, C, H, W]);
    private static readonly Tensor Scale = new("scale", TensorRole.Folded, [C]);
    private static readonly Tensor Shift = new("shift", TensorRole.Folded, [C]);

    public static LayerKind Kind { get; } = new("BatchNorm2d", NormChecks.Check, WeightOf, ShapeOf, Build) { Refuse = NormChecks.Refuse, Widths = new("features", "features") { OfImages = true } };

    /// <summary>The normalization that a declaration means, over an index of channels.</summary>
    public static ChannelNorm NormOf(AttributeSpec kind, Index channel, string prefix) =>
        new(channel, prefix, kind.Flag("Affine", true), kind.Double("Eps", UsualEps));

    private static WeightShape WeightOf(AttributeSpec kind) => new([C], [kind.Int("features")]) { Texts = [kind.Size("features")] };

    private static BatchNorm2dShape ShapeOf(LayerSpec layer) => new(layer.Name, layer.Kind.Int("features"));

    private static LayerForms Build(LayerSpec spec)
    {
        var (layer, affine) = (ShapeOf(spec), spec.Kind.Flag("Affine", true));
        var norm = NormOf(spec.Kind, C, string.Empty);
        StoredTensor[] trained = affine ? [new(norm.Weight, "the factor of each channel") { Start = 1 }, new(norm.Bias, "added to each channel")] : [];

        return new LayerForms(
            spec.Name,
            "BatchNorm2d(" + spec.Kind.Size("features") + (affine ? ")" : ", no weight and bias)"),
            layer,
            WeightOf(spec.Kind),
            X,
            Order: [B, C, H, W],
            OutputAxes: [B, C, H, W],
            new Claim(
                spec.Name,
                norm.Apply(X.All),
                (X.All * Scale.All) + Shift.All,
                [new FoldDefinition(Scale, norm.Scale), new FoldDefinition(Shift, norm.Shift)],
                ChannelNorm.Conditions),
            [.. trained, new(norm.Mean, "the running mean of each channel"), new(norm.Variance, "the running variance of each channel") { Start = 1 }],
            Initialization: [],
            [new MethodNote("BatchNorm2d", "y = (x - mean) / √(variance + ε) · weight + bias", "Ioffe, Szegedy 2015, arXiv 1502.03167")],
            [SizeBinding.Of("features", layer.Features, spec.Kind.Size("features"))],
            Unit: "place of an image")
        {
            Norm = OfBatches(norm, spec.Kind.Double("Eps", UsualEps), spec.Kind.Double("Momentum", UsualMomentum)),
        };
    }

    /// <summary>Training mode, and what a batch makes of the running statistics.</summary>
    private static NormForms OfBatches(ChannelNorm norm, double eps, double momentum)
    {
        var count = new SizeValue(B.Size * H.Size * W.Size);
        var mean = Name("mean", Total(X.All) / count);
        var centered = Name("centered", X.All - mean);
        var squares = Name("squares", Total(Square(centered)));
        Expr Moved(Tensor running, Expr value) => ((1 - Number(momentum)) * running.All) + (Number(momentum) * value);
        return new NormForms(eps)
        {
            Batch = norm.Affine(centered / Name("deviation", Sqrt((squares / count) + Number(eps)))),
            Updates = [new(norm.Mean, Moved(norm.Mean, mean)), new(norm.Variance, Moved(norm.Variance, Name("unbiased", squares / (count - 1))))],
        };
    }

    private static Expr Total(Expr body) => Sum(B, Sum(H, Sum(W, body)));
}
