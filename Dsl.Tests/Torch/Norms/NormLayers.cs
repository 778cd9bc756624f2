using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Norms;

[BatchNorm2d(3)]
public sealed partial class PlainBatchNorm;

[BatchNorm2d(4, Eps = 1e-3, Momentum = 0.3)]
public sealed partial class FastBatchNorm;

[BatchNorm2d(3, Affine = false)]
public sealed partial class BareBatchNorm;

[BatchNorm2d(1)]
public sealed partial class OneChannelBatchNorm;

[BatchNorm1d(5)]
public sealed partial class RowBatchNorm;

[BatchNorm1d(4, Eps = 1e-3, Momentum = 0.3)]
public sealed partial class FastRowBatchNorm;

[BatchNorm1d(3, Affine = false)]
public sealed partial class BareRowBatchNorm;

[BatchNorm1d(1)]
public sealed partial class OneColumnBatchNorm;

[LayerNorm(7)]
public sealed partial class PlainLayerNormalization;

[LayerNorm(5, Eps = 1e-2, Bias = false)]
public sealed partial class UnbiasedLayerNormalization;

[LayerNorm(1)]
public sealed partial class OneFeatureLayerNormalization;

[RmsNorm(7)]
public sealed partial class PlainRootMeanSquare;

[RmsNorm(1, Eps = 1e-3)]
public sealed partial class OneFeatureRootMeanSquare;

/// <summary>Batch normalizations of rows that nothing can take in: before a layer, and after a function, alone and with a residual.</summary>
[LayerModel]
public sealed partial class RowStatisticsNet : nn.Module<Tensor, Tensor>
{
    [BatchNorm1d(12)]
    public partial Layer Whitened { get; }

    [Linear(12, 9)]
    public partial Layer Hidden { get; }

    [BatchNorm1d(9, Eps = 1e-3)]
    public partial Layer HiddenNorm { get; }

    [BatchNorm1d(9, Affine = false)]
    public partial Layer Last { get; }

    public override Tensor forward(Tensor x)
    {
        var h = Hidden.forward(Whitened.forward(x)).relu();
        return Last.forward((HiddenNorm.forward(h) + h).tanh());
    }
}

/// <summary>Every other kind of normalization in one model.</summary>
[LayerModel(2, 6, 6)]
public sealed partial class NormalizedNet : nn.Module<Tensor, Tensor>
{
    [BatchNorm2d(2)]
    public partial Layer Whitened { get; }

    [Conv2d(2, 4, 3)]
    public partial Layer Stem { get; }

    [LayerNorm(64)]
    public partial Layer Rows { get; }

    [Linear(64, 16)]
    public partial Layer Hidden { get; }

    [RmsNorm(16)]
    public partial Layer Scaled { get; }

    [Linear(16, 5)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var image = Stem.forward(Whitened.forward(x)).relu().flatten(1);
        var hidden = Hidden.forward(Rows.forward(image).gelu());
        return Head.forward(hidden + Scaled.forward(hidden).tanh());
    }
}
