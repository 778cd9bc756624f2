using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Which of the three tensors of a convolution is computed from the other two.</summary>
internal enum WindowResult
{
    Output,
    KernelGradient,
    ImageGradient,
}

/// <summary>How the window of a convolution slides over its image: place = stride · position + dilation · element - padding.</summary>
/// <param name="Computes">What is computed.</param>
/// <param name="Stride">From one position to the next.</param>
/// <param name="Dilation">From one element to the next.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="Groups">1 where the channels are not split.</param>
/// <param name="Kernel">The elements along a side.</param>
/// <param name="Height">Of the image.</param>
/// <param name="Width">Of the image.</param>
/// <param name="Space">All indices that the contraction walks.</param>
internal sealed record Window(WindowResult Computes, Size Stride, Size Dilation, Size Padding, Size Groups, Size Kernel, Size Height, Size Width, EquatableArray<Index> Space);

/// <summary>A sum that is a convolution, with its parts.</summary>
/// <param name="Image">The tensor that is read through the window; null for the gradient of the image.</param>
/// <param name="Left">Without an image, the expression in its place.</param>
/// <param name="Right">The other operand.</param>
/// <param name="ResultAxes">The axes of the result as a convolution gives them.</param>
/// <param name="LeftAxes">The axes of the left operand as a convolution takes them.</param>
/// <param name="RightAxes">The axes of the right operand as a convolution takes them.</param>
internal sealed record WindowSum(
    Window Window, Tensor? Image, Expr? Left, Expr Right, EquatableArray<Index> ResultAxes, EquatableArray<Index> LeftAxes, EquatableArray<Index> RightAxes);
