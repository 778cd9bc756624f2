using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>A normalization of the last dimension.</summary>
/// <param name="Kind">LayerNorm or RmsNorm.</param>
internal sealed record RowNormShape(string Name, string Kind, int Features, double Eps, bool Bias) : LayerShape(Name, Bias)
{
    public override string Kind { get; } = Kind;

    /// <summary>Whether weight and bias are merged into the layer that follows, so that the folded layer has none.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Whether the mean is subtracted.</summary>
    public bool IsCentered => Kind == "LayerNorm";

    public override string FoldedType => "Folded" + Kind;

    private Size Size => SizeOf("features", Features);

    public override string Arguments => Text(Size) + ", eps: " + Text(Eps);

    public override string BiasArgument => (IsCentered ? base.BiasArgument : string.Empty) + (IsPlain ? ", weight: false" : string.Empty);

    public override string Signature => $"{Kind}({Text(Size)}, eps {Text(Eps)}" + (IsPlain ? ", no weight and bias)" : IsCentered && !Bias ? ", no bias)" : ")");

    public override string Wanted => "a last dimension of " + Text(Size);

    public override Size? Width => Size;

    public override EquatableArray<Size>? OutputOf(EquatableArray<Size> sample) =>
        sample.Count > 0 && Fits(Size, sample[sample.Count - 1]) ? sample : null;

    public override EquatableArray<Size>? InputOf(EquatableArray<Size> output) => OutputOf(output);
}

/// <summary>A batch normalization: it works on (channels, height, width), or on (features).</summary>
/// <param name="OfImages">Which of the two.</param>
internal sealed record BatchNormShape(string Name, int Features, bool OfImages) : LayerShape(Name, Bias: false)
{
    public override string FoldedType => "Folded" + Kind;

    public override string Kind => OfImages ? "BatchNorm2d" : "BatchNorm1d";

    private Size Size => SizeOf("features", Features);

    public override string Arguments => Text(Size);

    public override string BiasArgument => string.Empty;

    public override string Signature => Kind + "(" + Arguments + ")";

    public override string Wanted => OfImages ? $"({Text(Size)}, height, width)" : $"({Text(Size)})";

    public override Size? Width => OfImages ? null : Size;

    public override (Size Wanted, Size Given)? Joint(EquatableArray<Size> sample) => sample.Count > 0 ? (Size, sample[0]) : null;

    public override EquatableArray<Size>? OutputOf(EquatableArray<Size> sample) => sample.Count == (OfImages ? 3 : 1) && Fits(Size, sample[0]) ? sample : null;

    public override EquatableArray<Size>? InputOf(EquatableArray<Size> output) => OutputOf(output);
}
