namespace LayerDsl.Tests.Torch;

/// <summary>Layers of 12 inputs and 5 outputs, or 4 and 6 channels, with rounded inputs.</summary>
public static partial class Activated
{
    [Linear(12, 5), Quantize(Activations = true)]
    public sealed partial class Uniform8;

    [Linear(12, 5), Quantize(Bits = 4, Symmetric = false, Activations = true, ActivationBits = 4, ActivationSymmetric = true)]
    public sealed partial class Signed4;

    [Linear(12, 5, Bias = false), Quantize(Bits = 3, Granularity = Granularity.Group, GroupSize = 4, Activations = true, ActivationBits = 6)]
    public sealed partial class Groups;

    [Linear(12, 5), Quantize(Bits = 1, Granularity = Granularity.Tensor, Activations = true, ActivationBits = 1)]
    public sealed partial class OneBit;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true)]
    public sealed partial class Shifted;

    [Linear(12, 5), Quantize(Bits = 6, Scheme = Scheme.Log2, Activations = true)]
    public sealed partial class ShiftedFar;

    [Linear(12, 5), Quantize(Bits = 8, Scheme = Scheme.Fp8E5M2, Activations = true)]
    public sealed partial class Float8;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.StatsQ, Activations = true)]
    public sealed partial class HalfSteps;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.LogSqrt2, Activations = true)]
    public sealed partial class ShiftedByParity;

    [Linear(12, 5), Quantize(Bits = 6, Scheme = Scheme.LogSqrt2, Granularity = Granularity.Group, GroupSize = 6, Activations = true)]
    public sealed partial class ShiftedFarByParity;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Nf4, Activations = true)]
    public sealed partial class NormalFloat;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Lsq)]
    public sealed partial class Lsq;

    [Linear(12, 5), Quantize(Activations = true, ActivationBits = 3, ActivationScheme = Scheme.Lsq, ActivationSymmetric = true)]
    public sealed partial class LsqSigned;

    [Linear(12, 5), Quantize(Bits = 4, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]
    public sealed partial class Pact;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.DoReFa, Granularity = Granularity.Tensor, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.DoReFa)]
    public sealed partial class DoReFa;

    [Linear(12, 5), Quantize(Bits = 2, Scheme = Scheme.Binary, Activations = true)]
    public sealed partial class Planes;

    [Linear(12, 5), Quantize(Bits = 4, Scheme = Scheme.Apot, Activations = true)]
    public sealed partial class AdditivePowers;

    [Linear(12, 5), Quantize(Bits = 4, Rounding = Rounding.Stochastic, Activations = true)]
    public sealed partial class Stochastic;

    [Conv2d(4, 6, 3), Quantize(Bits = 2, Scheme = Scheme.Binary, Activations = true)]
    public sealed partial class ConvolutionOfPlanes;

    [Linear(12, 5), LowRank(2), Quantize(Bits = 4, Activations = true)]
    public sealed partial class MergedThenRounded;

    [Linear(12, 5), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4, Activations = true), LowRank(2, Alpha = 4)]
    public sealed partial class RoundedPlusBranch;

    [Linear(12, 5), Compander, Quantize(Bits = 4, Activations = true)]
    public sealed partial class CompandedThenRounded;

    [Linear(12, 5), Quantize(Bits = 4, Activations = true), Compander]
    public sealed partial class RoundedThenCompanded;

    [Linear(12, 5), SparseIso(0.5, Kind = SparseKind.Parallel), Quantize(Bits = 4, Activations = true)]
    public sealed partial class MaskedThenRounded;

    [Linear(12, 5), Quantize(Bits = 4, Activations = true), SparseIso(0.75, Kind = SparseKind.Doped)]
    public sealed partial class RoundedThenMasked;

    [Conv2d(4, 6, 3, Padding = 1), Quantize(Activations = true)]
    public sealed partial class Convolution;

    [Conv2d(4, 6, 3, Stride = 2, Padding = 2, Dilation = 2, Groups = 2, Bias = false), Quantize(Bits = 4, Symmetric = false, Activations = true, ActivationBits = 5)]
    public sealed partial class GroupedConvolution;

    [Conv2d(4, 6, 1), Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationScheme = Scheme.Pact)]
    public sealed partial class Pointwise;

    [Conv2d(4, 6, 3, Padding = 1, Groups = 2), Quantize(Bits = 4, Scheme = Scheme.LogSqrt2, Activations = true)]
    public sealed partial class ShiftedConvolutionByParity;

    [Conv2d(4, 6, 2), Quantize(Bits = 4, Scheme = Scheme.Nf4, Activations = true, ActivationScheme = Scheme.Lsq)]
    public sealed partial class NormalFloatConvolution;

    [Conv2d(4, 6, 3, Padding = 1), SparseIso(0.5, Kind = SparseKind.Parallel), Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationScheme = Scheme.Lsq)]
    public sealed partial class ConvolutionOfMaskedBranches;

    [Conv2d(4, 6, 3), Quantize(Bits = 4, Activations = true), LowRank(2)]
    public sealed partial class ConvolutionWithBranch;
}
