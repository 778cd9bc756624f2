using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>
/// The gradients of a two-dimensional convolution, as convolutions themselves: differentiable again, and as fast.
/// </summary>
public static class ConvolutionGradients
{
    /// <summary>
    /// Σ_b,p,q gradY[b,o,p,q] · x[b,c,s·p+d·u−pad,s·q+d·v−pad]: x convolved with gradY as the kernel, channels in the place of the
    /// batch; stride and dilation change places.
    /// </summary>
    /// <param name="x">The image, (batch, in, height, width).</param>
    /// <param name="gradY">The output's gradient, (batch, out, rows, columns).</param>
    /// <param name="kernelSize">Height and width of the kernel.</param>
    /// <param name="stride">The convolution's stride.</param>
    /// <param name="padding">The convolution's padding.</param>
    /// <param name="dilation">The convolution's dilation.</param>
    /// <param name="groups">The convolution's groups.</param>
    /// <returns>(out, in / groups, kernelSize, kernelSize).</returns>
    public static Tensor Kernel(Tensor x, Tensor gradY, long kernelSize, long stride = 1, long padding = 0, long dilation = 1, long groups = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(gradY);
        var (batch, channels, height, width) = (x.shape[0], x.shape[1] / groups, x.shape[2], x.shape[3]);
        var images = groups == 1
            ? x.transpose(0, 1)
            : x.reshape(batch, groups, channels, height, width).permute(2, 1, 0, 3, 4).reshape(channels, groups * batch, height, width);
        var gradient = nn.functional.conv2d(
            images, gradY.transpose(0, 1), strides: [dilation, dilation], padding: [padding, padding], dilation: [stride, stride], groups: groups);

        // Rows of the image that no window reached make the result larger than the kernel.
        return gradient.narrow(2, 0, kernelSize).narrow(3, 0, kernelSize).transpose(0, 1);
    }

    /// <summary>
    /// Σ_o,p,q,u,v gradY[b,o,p,q] · W[o,c,u,v] · [h = s·p+d·u−pad] · [w = s·q+d·v−pad]: the transposed convolution.
    /// </summary>
    /// <param name="gradY">The output's gradient, (batch, out, rows, columns).</param>
    /// <param name="kernel">The kernel, (out, in / groups, kernelSize, kernelSize).</param>
    /// <param name="height">Of the image.</param>
    /// <param name="width">Of the image.</param>
    /// <param name="stride">The convolution's stride.</param>
    /// <param name="padding">The convolution's padding.</param>
    /// <param name="dilation">The convolution's dilation.</param>
    /// <param name="groups">The convolution's groups.</param>
    /// <returns>(batch, in, height, width).</returns>
    public static Tensor Image(
        Tensor gradY, Tensor kernel, long height, long width, long stride = 1, long padding = 0, long dilation = 1, long groups = 1)
    {
        ArgumentNullException.ThrowIfNull(gradY);
        ArgumentNullException.ThrowIfNull(kernel);
        return nn.functional.conv_transpose2d(
            gradY,
            kernel,
            strides: [stride, stride],
            padding: [padding, padding],
            output_padding: [Missing(height, gradY.shape[2], kernel.shape[2]), Missing(width, gradY.shape[3], kernel.shape[3])],
            dilation: [dilation, dilation],
            groups: groups);

        // Rows of the image that no window reached, less than a stride.
        long Missing(long size, long outputs, long elements) => size - (((outputs - 1) * stride) - (2 * padding) + (dilation * (elements - 1)) + 1);
    }
}
