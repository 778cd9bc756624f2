using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>A batch normalization of rows after <c>FoldTorch()</c>: the merged scale and shift of each feature, whatever the mode.</summary>
public sealed class PlainBatchNorm1d : PlainBatchNorm
{
    /// <summary>Wraps tensors, which become the module's own.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="scale">(features).</param>
    /// <param name="shift">(features).</param>
    public PlainBatchNorm1d(string name, Tensor scale, Tensor shift)
        : base(name, scale, shift)
    {
    }

    private protected override string Formula => "y[b,i] = x[b,i]·scale[i] + shift[i]";

    /// <inheritdoc/>
    public override FoldedBatchNorm1d Fold() => FoldBatchNorm1d(MergedScale, MergedShift);

    /// <inheritdoc/>
    public override nn.Module<Tensor, Tensor> FoldTorch() => MakePlainBatchNorm1d(MergedScale, MergedShift);

    /// <inheritdoc/>
    public override Layer FoldLayer() => MakePlainBatchNorm1d(MergedScale, MergedShift);

    private protected override void CheckSamples(Tensor input, Tensor parameter) => CheckFeatures(input, parameter.shape[0], parameter);

    private protected override Tensor Aligned(Tensor tensor) => tensor.reshape(-1);
}
