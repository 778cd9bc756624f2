using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Layers;

/// <summary>
/// Normalization by running statistics, one of each for every value of an index: <c>(x - mean) / √(var + ε)·weight + bias</c>, which is
/// <c>x·scale + shift</c> with scale = weight / √(var + ε) and shift = bias - mean·scale.
/// </summary>
internal sealed class ChannelNorm
{
    private readonly bool affine;
    private readonly Expr deviation;

    /// <param name="channel">The index.</param>
    /// <param name="prefix">What the names of the tensors start with, where another layer has a weight and a bias too.</param>
    /// <param name="affine">Whether weight and bias follow.</param>
    /// <param name="eps">ε.</param>
    public ChannelNorm(Index channel, string prefix, bool affine, double eps)
    {
        this.affine = affine;
        Weight = new Tensor(prefix + "weight", TensorRole.Trainable, [channel]);
        Bias = new Tensor(prefix + "bias", TensorRole.Trainable, [channel]);
        Mean = new Tensor("running_mean", TensorRole.Buffer, [channel]);
        Variance = new Tensor("running_var", TensorRole.Buffer, [channel], Domain.Positive);
        deviation = Name("deviation", Sqrt(Variance.All + Number(eps)));
    }

    public static EquatableArray<string> Conditions { get; } =
        ["the layer is in eval mode, or each batch would have statistics of its own", "running variances are greater than -ε, as those of batches are"];

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    public Tensor Mean { get; }

    public Tensor Variance { get; }

    public Expr Scale => affine ? Weight.All / deviation : 1 / deviation;

    public Expr Shift => affine ? Bias.All - (Mean.All * Scale) : -(Mean.All * Scale);

    /// <summary>Weight and bias after a normalization.</summary>
    public Expr Affine(Expr normalized) => affine ? (normalized * Weight.All) + Bias.All : normalized;

    /// <summary>Eval mode.</summary>
    public Expr Apply(Expr x) => Affine((x - Mean.All) / deviation);
}
