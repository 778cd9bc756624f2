using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Convolutions, and contractions over the channels of images, as steps of a device.</summary>
/// <param name="forms">The layer, with the sizes of images as numbers.</param>
internal sealed class WindowSteps(LayerForms forms)
{
    private const int ImageAxes = 4;

    /// <summary>A convolution or one of its gradients.</summary>
    public DeviceStep.Convolve Of(Statement.Convolve convolve)
    {
        var window = convolve.Window;
        var (channels, outputs) = window.Computes switch
        {
            WindowResult.Output => (convolve.Left.Axes[1], convolve.Right.Axes[0]),
            WindowResult.KernelGradient => (convolve.Left.Axes[1], convolve.Right.Axes[1]),
            _ => (convolve.Result.Axes[1], convolve.Right.Axes[0]),
        };
        return new DeviceStep.Convolve(
            convolve.Result,
            convolve.Left,
            convolve.Right,
            window.Computes,
            new DeviceWindow(
                forms.Evaluate(channels.Size),
                forms.Evaluate(outputs.Size),
                forms.Evaluate(window.Kernel),
                forms.Evaluate(window.Stride),
                forms.Evaluate(window.Padding),
                forms.Evaluate(window.Dilation),
                forms.Evaluate(window.Groups),
                forms.Evaluate(window.Height),
                forms.Evaluate(window.Width)),
            null);
    }

    /// <summary>A contraction over the channels of images with a matrix, or of images with images over all but their channels: a convolution with a kernel of one element. Null for others.</summary>
    public DeviceStep.Convolve? Of(Value result, Value left, Value right)
    {
        if (IsImage(result) && (IsImage(left) ? (left, right) : (right, left)) is var (image, matrix) && IsImage(image) && matrix.Axes.Count == 2 && SharePlaces(image, result))
        {
            EquatableArray<Index> forward = [result.Axes[1], image.Axes[1]];
            EquatableArray<Index> backward = [image.Axes[1], result.Axes[1]];
            return matrix.Axes == forward ? new DeviceStep.Convolve(result, image, matrix, WindowResult.Output, Point(image, result), null)
                : matrix.Axes == backward ? new DeviceStep.Convolve(result, image, matrix, WindowResult.ImageGradient, Point(result, image), null)
                : null;
        }

        if (result.Axes.Count == 2 && IsImage(left) && IsImage(right) && SharePlaces(left, right))
        {
            var (outputs, images) = left.Axes[1] == result.Axes[0] ? (left, right) : (right, left);
            return outputs.Axes[1] == result.Axes[0] && images.Axes[1] == result.Axes[1]
                ? new DeviceStep.Convolve(result, images, outputs, WindowResult.KernelGradient, Point(images, outputs), null)
                : null;
        }

        return null;
    }

    /// <summary>What a step adds to every channel of a convolution's output, where that is all it does; else null.</summary>
    public static Value? BiasOf(Statement.Compute compute, DeviceStep.Convolve convolve) =>
        convolve.Computes == WindowResult.Output && compute.Body is Pointwise.Apply { Function: Function.Add, Arguments: { Count: 2 } terms }
        && terms.OfType<Pointwise.Read>().Select(read => read.Source).ToArray() is { Length: 2 } read
        && read.FirstOrDefault(value => value.Name != convolve.Result.Name) is { Axes.Count: 1 } bias && bias.Axes[0] == convolve.Result.Axes[1]
        && compute.Result.Axes == convolve.Result.Axes && read.Any(value => value.Name == convolve.Result.Name && value.Axes == convolve.Result.Axes)
            ? bias
            : null;

    private bool IsImage(Value value) => value.Axes.Count == ImageAxes && value.Axes[0] == forms.OutputAxes[0];

    private static bool SharePlaces(Value image, Value other) => image.Axes[2] == other.Axes[2] && image.Axes[3] == other.Axes[3] && image.Axes[1] != other.Axes[1];

    private DeviceWindow Point(Value image, Value output) => new(
        forms.Evaluate(image.Axes[1].Size), forms.Evaluate(output.Axes[1].Size), 1, 1, 0, 1, 1, forms.Evaluate(image.Axes[2].Size), forms.Evaluate(image.Axes[3].Size));
}
