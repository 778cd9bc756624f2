using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A batch normalization of images after <c>FoldTorch()</c>: the merged scale and shift of each channel, whatever the mode.</summary>
public sealed class PlainBatchNorm2d : PlainBatchNorm
{
    /// <summary>Wraps tensors, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="scale">(channels).</param>
    /// <param name="shift">(channels).</param>
    public PlainBatchNorm2d(string name, Tensor scale, Tensor shift)
        : base(name, scale, shift)
    {
    }

    private protected override string Formula => "y[b,c,h,w] = x[b,c,h,w]·scale[c] + shift[c]";

    /// <inheritdoc/>
    public override FoldedBatchNorm2d Fold() => FoldBatchNorm2d(MergedScale, MergedShift);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => MakePlainBatchNorm2d(MergedScale, MergedShift);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainBatchNorm2d(MergedScale, MergedShift);

    private protected override void CheckSamples(Tensor input, Tensor parameter) => CheckChannels(input, parameter.shape[0], parameter);

    private protected override Tensor Aligned(Tensor tensor) => tensor.reshape(-1, 1, 1);
}
