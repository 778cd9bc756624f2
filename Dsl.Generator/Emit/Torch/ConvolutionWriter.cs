using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes convolutions and their gradients with TorchSharp.</summary>
internal static class ConvolutionWriter
{
    public static string Right(Statement.Convolve step, Func<Size, string> sizeOf)
    {
        var window = step.Window;
        var (left, right) = (step.Left.Name, step.Right.Name);
        return window.Computes switch
        {
            WindowResult.Output => $"nn.functional.conv2d({left}, {right}{Geometry(window, sizeOf, asPairs: true)})",
            WindowResult.KernelGradient => $"ConvolutionGradients.Kernel({left}, {right}, kernelSize: {sizeOf(window.Kernel)}{Geometry(window, sizeOf, asPairs: false)})",
            _ => $"ConvolutionGradients.Image({left}, {right}, {sizeOf(window.Height)}, {sizeOf(window.Width)}{Geometry(window, sizeOf, asPairs: false)})",
        };
    }

    /// <summary>The options that are not the usual ones.</summary>
    private static string Geometry(Window window, Func<Size, string> sizeOf, bool asPairs)
    {
        string Pair(Size size) => asPairs ? "[" + sizeOf(size) + ", " + sizeOf(size) + "]" : sizeOf(size);
        return (window.Stride == Size.One ? string.Empty : $", {(asPairs ? "strides" : "stride")}: {Pair(window.Stride)}")
            + (window.Padding.IsZero ? string.Empty : $", padding: {Pair(window.Padding)}")
            + (window.Dilation == Size.One ? string.Empty : $", dilation: {Pair(window.Dilation)}")
            + (window.Groups == Size.One ? string.Empty : $", groups: {sizeOf(window.Groups)}");
    }
}
