using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL3xx: what in the body of <c>forward</c> has no folded form. Training and FoldTorch() work all the same.</summary>
internal static class ForwardDiagnostics
{
    public static readonly DiagnosticDescriptor Unsupported = Descriptors.Warning(
        "LDSL301",
        "No folded form",
        "'{0}' has no folded form, so Fold() is not generated (FoldTorch() is); supported are layer calls, relu, gelu, sigmoid, tanh, softmax, log_softmax, +, -, *, view, reshape, flatten, numbers and local variables");

    public static readonly DiagnosticDescriptor ShapeMismatch = Descriptors.Error(
        "LDSL302",
        "Shapes do not fit",
        "'{0}' gets a last dimension of {1}, but takes {2}; change one of the two layers");

    public static readonly DiagnosticDescriptor AcrossSamples = Descriptors.Warning(
        "LDSL303",
        "A step that mixes samples or runs along an inner dimension",
        "'{0}' along dimension {1} has no folded form, so Fold() is not generated (FoldTorch() is); use the last dimension, and keep the batch first");

    public static readonly DiagnosticDescriptor UnknownInput = Descriptors.Warning(
        "LDSL304",
        "The input's size does not follow from forward",
        "The size of one sample does not follow from the body of forward, so Fold() is not generated (FoldTorch() is); let a layer or a view with numbers read the input");

    public static readonly DiagnosticDescriptor DifferentShapes = Descriptors.Warning(
        "LDSL305",
        "Different shapes",
        "'{0}' combines shapes ({1}) and ({2}), which has no folded form, so Fold() is not generated (FoldTorch() is); use equal shapes, or a number");

    public static readonly DiagnosticDescriptor NoForward = Descriptors.Error(
        "LDSL306",
        "No forward",
        "'{0}' does not override forward; write 'public override Tensor forward(Tensor x) => …' with its layers");
}
