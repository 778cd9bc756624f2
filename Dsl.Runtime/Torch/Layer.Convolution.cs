using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What generated convolutions share.</content>
public abstract partial class Layer
{
    /// <summary>Refuses an input that is no batch of images of the right channels, size and dtype, before anything is computed.</summary>
    /// <param name="input">The input, (n, channels, height, width).</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="parameter">A stored tensor, whose dtype the input must have.</param>
    protected void CheckImage(Tensor input, Conv2dGeometry geometry, Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(parameter);
        var shape = input.shape;
        var smallest = geometry.SmallestImage;
        if (shape.Length != 4 || shape[1] != geometry.InChannels || shape[2] < smallest || shape[3] < smallest)
        {
            var wanted = $"(n, {geometry.InChannels}, height, width), height and width at least {smallest}";
            throw new LayerShapeException(GetName(), "input", wanted, $"({string.Join(", ", shape)})");
        }

        if (shape[0] == 0)
        {
            throw new LayerShapeException(GetName(), "batch", "at least one image", $"({string.Join(", ", shape)})");
        }

        if (input.dtype != parameter.dtype)
        {
            throw new LayerTypeException(GetName(), parameter.dtype.ToString(), input.dtype.ToString());
        }
    }

    /// <summary>An immutable managed copy of a merged kernel.</summary>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected FoldedConv2d FoldConv2d(Tensor weight, Tensor? bias, Conv2dGeometry geometry, ActivationGrid? activation = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new FoldedConv2d(GetName(), geometry, ToArray(weight), bias is null ? [] : ToArray(bias)) { Activation = activation };
    }

    /// <summary>TorchSharp's Conv2d with copies of the given weights.</summary>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    protected Conv2d MakeConv2d(Tensor weight, Tensor? bias, Conv2dGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, bias);
        var g = geometry;
        var convolution = nn.Conv2d(
            g.InChannels, g.OutChannels, g.KernelSize, g.Stride, g.Padding, g.Dilation, groups: g.Groups, bias: bias is not null, device: weight.device, dtype: weight.dtype);
        using var noGradient = no_grad();
        convolution.weight!.copy_(weight);
        if (bias is not null)
        {
            convolution.bias!.copy_(bias);
        }

        return convolution;
    }

    /// <summary>A plain convolution with copies of the given weights, under this layer's name.</summary>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected PlainConv2d MakePlainConv2d(Tensor weight, Tensor? bias, Conv2dGeometry geometry, ActivationGrid? activation = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, bias);
        return new PlainConv2d(GetName(), geometry, weight.detach().clone(), bias?.detach().clone(), activation);
    }
}
