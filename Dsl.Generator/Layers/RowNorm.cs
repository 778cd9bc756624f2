using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>Normalization of rows: <c>c / √(mean(c²) + ε)·weight + bias</c>, c = x - mean(x) or c = x.</summary>
internal sealed class RowNorm
{
    private readonly RowNormShape layer;
    private readonly Index index;

    /// <param name="index">The index of a row.</param>
    /// <param name="prefix">What the names of the tensors start with, where another layer has a weight and a bias too.</param>
    /// <param name="layer">Which normalization.</param>
    public RowNorm(Index index, string prefix, RowNormShape layer)
    {
        this.layer = layer;
        this.index = index;
        Weight = new Tensor(prefix + "weight", TensorRole.Trainable, [index]);
        Bias = new Tensor(prefix + "bias", TensorRole.Trainable, [index]);
    }

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    /// <summary>Without weight and bias.</summary>
    public Expr Normalize(Expr x)
    {
        var values = layer.IsCentered ? Name("centered", x - Name("mean", Mean(index, x))) : x;
        return Name("normalized", values / Name("deviation", Sqrt(Mean(index, Square(values)) + Number(layer.Eps))));
    }

    /// <summary>Weight, or what stands in its place, and bias after a normalization.</summary>
    public Expr Affine(Expr normalized, Tensor weight) => layer.Bias ? (normalized * weight.All) + Bias.All : normalized * weight.All;
}
