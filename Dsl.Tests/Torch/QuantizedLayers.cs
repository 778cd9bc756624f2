namespace LayerDsl.Tests.Torch;

/// <summary>Quantized layers of 12 inputs and 5 outputs, by scheme, bits and granularity.</summary>
public static partial class Quantized
{
    [Linear(12, 5), Quantize]
    public sealed partial class Uniform8;

    [Linear(12, 5), Quantize(Bits = 4, Granularity = Granularity.Tensor)]
    public sealed partial class Uniform4Tensor;

    [Linear(12, 5), Quantize(Bits = 3, Granularity = Granularity.Group, GroupSize = 4)]
    public sealed partial class Uniform3Group;

    [Linear(12, 5), Quantize(Bits = 2, Symmetric = false)]
    public sealed partial class Asymmetric2;

    [Linear(12, 5, Bias = false), Quantize(Bits = 5, Symmetric = false, Granularity = Granularity.Group, GroupSize = 6)]
    public sealed partial class Asymmetric5Group;

    [Linear(12, 5), Quantize(Bits = 1)]
    public sealed partial class Signs;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public sealed partial class Log4;

    [Linear(12, 5), Quantize(Bits = 3, Scheme = Scheme.Log2, Granularity = Granularity.Group, GroupSize = 3)]
    public sealed partial class Log3Group;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.LogSqrt2)]
    public sealed partial class LogSqrt4;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ2;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.StatsQ, Granularity = Granularity.Group, GroupSize = 4)]
    public sealed partial class StatsQ4Group;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Lsq)]
    public sealed partial class Lsq4;

    [Linear(12, 5), Quantize(Bits = 3, Scheme = Scheme.Lsq, Granularity = Granularity.Tensor)]
    public sealed partial class Lsq3Tensor;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.Lsq, Granularity = Granularity.Group, GroupSize = 4)]
    public sealed partial class Lsq2Group;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Nf4)]
    public sealed partial class NormalFloat;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Nf4, Granularity = Granularity.Group, GroupSize = 6)]
    public sealed partial class NormalFloatGroup;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)]
    public sealed partial class Float4;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Fp4E3M0, Granularity = Granularity.Group, GroupSize = 4)]
    public sealed partial class Float4Powers;

    [Linear(12, 5), Quantize(Bits = 8, Scheme = Scheme.Fp8E4M3)]
    public sealed partial class Float8;

    [Linear(12, 5), Quantize(Bits = 8, Scheme = Scheme.Fp8E5M2, Granularity = Granularity.Tensor)]
    public sealed partial class Float8Wide;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.Apot, Granularity = Granularity.Tensor)]
    public sealed partial class Apot2Tensor;

    [Linear(12, 5), Quantize(Bits = 3, Scheme = Scheme.Apot)]
    public sealed partial class Apot3;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Apot, Granularity = Granularity.Group, GroupSize = 6)]
    public sealed partial class Apot4Group;

    [Linear(12, 5), Quantize(Bits = 5, Scheme = Scheme.Apot)]
    public sealed partial class Apot5;

    [Linear(12, 5), Quantize(Bits = 1, Scheme = Scheme.Binary)]
    public sealed partial class Binary1;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.Binary, Scales = BinaryScales.PowerOfTwo, Granularity = Granularity.Tensor)]
    public sealed partial class Binary2Powers;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.Binary, Granularity = Granularity.Group, GroupSize = 6)]
    public sealed partial class Binary2Group;

    [Linear(12, 5, Bias = false), Quantize(Bits = 3, Scheme = Scheme.Binary, Scales = BinaryScales.AdditivePowerOfTwo)]
    public sealed partial class Binary3Sums;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.Binary, Granularity = Granularity.Group, GroupSize = 4), LowRank(2, Alpha = 4)]
    public sealed partial class BinaryPlusBranch;

    [Linear(12, 5), LowRank(2), Quantize(Bits = 3, Scheme = Scheme.Binary), Compander]
    public sealed partial class BinaryInTheMiddle;

    [Linear(12, 5, Bias = false), Quantize(Bits = 3, Rounding = Rounding.Stochastic)]
    public sealed partial class UniformAtRandom;

    [Linear(12, 5, Bias = false), Quantize(Bits = 2, Symmetric = false, Granularity = Granularity.Group, GroupSize = 6, Rounding = Rounding.Stochastic)]
    public sealed partial class AsymmetricAtRandom;

    [Linear(12, 5, Bias = false), Quantize(Bits = 4, Scheme = Scheme.StatsQ, Rounding = Rounding.Stochastic)]
    public sealed partial class StatsQAtRandom;

    [Linear(12, 5, Bias = false), LowRank(2), Quantize(Bits = 3, Scheme = Scheme.Lsq, Rounding = Rounding.Stochastic), Compander]
    public sealed partial class LsqAtRandom;

    [Linear(12, 5, Bias = false), Quantize(Bits = 3)]
    public sealed partial class UniformNearest;

    [Linear(12, 5), LowRank(2), Quantize(Bits = 4)]
    public sealed partial class MergedThenRounded;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Nf4, Granularity = Granularity.Group, GroupSize = 4), LowRank(2, Alpha = 4)]
    public sealed partial class RoundedPlusBranch;

    [Linear(12, 5), Compander, Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public sealed partial class CompandedThenRounded;

    [Linear(12, 5), Quantize(Bits = 3, Granularity = Granularity.Group, GroupSize = 4), Compander]
    public sealed partial class RoundedThenCompanded;

    [Linear(12, 5), SparseIso(0.5, Kind = SparseKind.Parallel), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4)]
    public sealed partial class MaskedThenRounded;

    [Linear(12, 5), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4), SparseIso(0.5, Kind = SparseKind.Doped)]
    public sealed partial class RoundedThenMasked;

    [Linear(12, 5), SparseIso(0.5, Kind = SparseKind.Factorized), Quantize(Bits = 4)]
    public sealed partial class FactorizedThenRounded;
}
