namespace LayerDsl.Tests.Torch.Loops;

/// <summary>Layers whose weights are computed in loops: rows that fill no vector, groups, kernels, one number.</summary>
public static partial class LoopLayers
{
    [Linear(37, 19), Compander]
    public sealed partial class Arctan;

    [Linear(37, 19), Compander(Curve = Curve.Tanh)]
    public sealed partial class Tanh;

    [Linear(37, 19, Bias = false), Compander(Curve = Curve.Softsign)]
    public sealed partial class Softsign;

    [Linear(37, 19), Compander(Curve = Curve.MuLaw)]
    public sealed partial class MuLaw;

    [Linear(37, 19), Compander(Learnable = false)]
    public sealed partial class Fixed;

    [Linear(1, 1), Compander, Quantize(Bits = 4)]
    public sealed partial class OneByOne;

    [Linear(131, 70), Compander, Quantize(Bits = 4)]
    public sealed partial class CompandedUniform;

    [Linear(36, 10), Compander(Curve = Curve.Tanh), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 12)]
    public sealed partial class CompandedGroups;

    [Linear(37, 19), Quantize(Bits = 4)]
    public sealed partial class Uniform;

    [Linear(37, 19), Quantize(Bits = 4, Granularity = Granularity.Tensor)]
    public sealed partial class UniformTensor;

    [Linear(36, 19), Quantize(Bits = 3, Symmetric = false, Granularity = Granularity.Group, GroupSize = 9)]
    public sealed partial class ZeroPointGroups;

    [Linear(37, 19), Quantize(Bits = 1)]
    public sealed partial class Signs;

    [Linear(37, 19), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public sealed partial class Log2;

    [Linear(37, 19), Quantize(Bits = 3, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ;

    [Linear(37, 19), Quantize(Bits = 4, Scheme = Scheme.Lsq)]
    public sealed partial class Lsq;

    [Linear(36, 19), Quantize(Bits = 4, Scheme = Scheme.Lsq, Granularity = Granularity.Group, GroupSize = 12)]
    public sealed partial class LsqGroups;

    [Linear(37, 19), Quantize(Bits = 4, Scheme = Scheme.Lsq, Granularity = Granularity.Tensor)]
    public sealed partial class LsqTensor;

    [Linear(37, 19), Quantize(Bits = 4, Scheme = Scheme.DoReFa)]
    public sealed partial class DoReFa;

    [Linear(37, 19), LowRank(3), Compander, Quantize(Bits = 4)]
    public sealed partial class CompandedSum;

    [Linear(37, 19), Compander, Quantize(Bits = 4), LowRank(3)]
    public sealed partial class RoundedWithBranch;

    [Conv2d(3, 5, 3, Padding = 1), Compander, Quantize(Bits = 4)]
    public sealed partial class Convolution;

    [Conv2d(4, 6, 3, Groups = 2, Stride = 2), Quantize(Bits = 4, Scheme = Scheme.Lsq)]
    public sealed partial class GroupedConvolution;
}
