using System.Diagnostics;
using static TorchSharp.torch;

namespace LayerDsl.Verification;

/// <summary>Runs folded layers on tensors.</summary>
internal static class FoldedForms
{
    /// <param name="form">The folded layer.</param>
    /// <param name="x">Its input, float32 on the CPU, the batch first.</param>
    public static Tensor Run(FoldedLayer form, Tensor x)
    {
        var values = x.contiguous().data<float>().ToArray();
        return form switch
        {
            FoldedLinear linear => Run(linear, x, values),
            FoldedConv2d convolution => Run(convolution, x, values),
            FoldedEmbedding embedding => Run(embedding, x, values),
            FoldedBatchNorm1d norm => Same(x, y => norm.Forward(values, y, (int)x.shape[0])),
            FoldedBatchNorm2d norm => Same(x, y => norm.Forward(values, y, (int)x.shape[0], (int)x.shape[2], (int)x.shape[3])),
            FoldedLayerNorm norm => Same(x, y => norm.Forward(values, y, values.Length / norm.Features)),
            FoldedRmsNorm norm => Same(x, y => norm.Forward(values, y, values.Length / norm.Features)),
            FoldedAttention attention => Run(attention, x, values),
            _ => throw new UnreachableException("A folded layer of an unknown kind: " + form.GetType()),
        };
    }

    /// <summary>A layer that keeps the shape.</summary>
    private static Tensor Same(Tensor x, Action<float[]> run)
    {
        var y = new float[x.numel()];
        run(y);
        return tensor(y, x.shape);
    }

    private static Tensor Run(FoldedEmbedding form, Tensor x, float[] values)
    {
        var y = new float[values.Length * form.Dim];
        form.Forward(values, y, values.Length);
        return tensor(y, [.. x.shape, form.Dim]);
    }

    private static Tensor Run(FoldedLinear form, Tensor x, float[] values)
    {
        var count = checked((int)(x.numel() / form.InFeatures));
        var y = new float[count * form.OutFeatures];
        form.Forward(values, y, count);
        return tensor(y, [.. x.shape[..^1], form.OutFeatures]);
    }

    private static Tensor Run(FoldedAttention form, Tensor x, float[] values)
    {
        var y = new float[values.Length];
        var tokens = checked((int)x.shape[^2]);
        form.Forward(values, y, values.Length / (tokens * form.Geometry.Dim), tokens);
        return tensor(y, x.shape);
    }

    private static Tensor Run(FoldedConv2d form, Tensor x, float[] values)
    {
        var (batch, height, width) = ((int)x.shape[0], (int)x.shape[2], (int)x.shape[3]);
        var (rows, columns) = (form.Geometry.OutputSize(height), form.Geometry.OutputSize(width));
        var y = new float[batch * form.Geometry.OutChannels * rows * columns];
        form.Forward(values, y, batch, height, width);
        return tensor(y, [batch, form.Geometry.OutChannels, rows, columns]);
    }
}
