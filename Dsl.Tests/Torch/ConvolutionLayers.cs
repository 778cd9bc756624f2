namespace LayerDsl.Tests.Torch;

[Conv2d(3, 5, 3)]
public sealed partial class PlainConvolution;

[Conv2d(3, 5, 3, Stride = 2, Padding = 1, Bias = false)]
public sealed partial class StridedConvolution;

[Conv2d(4, 6, 2, Stride = 3, Padding = 2, Dilation = 2, Groups = 2)]
public sealed partial class GroupedConvolution;

[Conv2d(4, 8, 3, Padding = 1, Groups = 4)]
public sealed partial class DepthwiseConvolution;

[Conv2d(3, 5, 3, Padding = 1), Compander]
public sealed partial class CompandedConvolution;

[Conv2d(3, 5, 3, Stride = 2, Padding = 1, Dilation = 2), LowRank(2, Alpha = 3)]
public sealed partial class LowRankConvolution;

[Conv2d(4, 6, 3, Groups = 2), LowRank(3, Init = LowRankInit.PiSSA)]
public sealed partial class GroupedLowRankConvolution;

[Conv2d(3, 5, 3), LowRank(2), Compander(Curve = Curve.Tanh)]
public sealed partial class CompandedSumConvolution;

[Conv2d(3, 5, 3, Bias = false), Compander(Curve = Curve.MuLaw), LowRank(2)]
public sealed partial class SumOfCompandedConvolution;

[Conv2d(1, 1, 1)]
public sealed partial class OneByOneConvolution;
