using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>
/// LDSL3xx: what in the body of <c>forward</c> has no folded form. What torch runs all the same is a warning, and FoldTorch()
/// is still generated; what torch would refuse as well is an error.
/// </summary>
internal static class ForwardDiagnostics
{
    public static readonly DiagnosticDescriptor Unsupported = Descriptors.Warning(
        "LDSL301",
        "No folded form",
        "'{0}' has no folded form: {1}. Fold() is not generated, FoldTorch() is. Supported are layer calls, relu, gelu, sigmoid, tanh, softmax, "
        + "log_softmax, max_pool2d, avg_pool2d, adaptive_avg_pool2d to 1, +, -, *, view, reshape, flatten, constants and local variables");

    public static readonly DiagnosticDescriptor ShapeMismatch = Descriptors.Error(
        "LDSL302",
        "Shapes do not fit",
        "'{0}' takes {1} per sample, but gets {2}; change one of the two");

    public static readonly DiagnosticDescriptor MixedSamples = Descriptors.Warning(
        "LDSL303",
        "A step that mixes samples",
        "'{0}' mixes the samples of a batch: {1}. Fold() is not generated, FoldTorch() is. Keep the batch as first dimension: "
        + "x.flatten(1), x.view(-1, n), softmax(-1)");

    public static readonly DiagnosticDescriptor UnknownInput = Descriptors.Warning(
        "LDSL304",
        "The input's size does not follow from forward",
        "The size of one sample of '{0}' does not follow from the body of forward, so Fold() is not generated (FoldTorch() is); "
        + "let a layer or a view with numbers read it, or declare it: [LayerModel(1, 28, 28)]");

    public static readonly DiagnosticDescriptor DifferentShapes = Descriptors.Warning(
        "LDSL305",
        "Different shapes",
        "'{0}' combines the shapes {1} and {2}; broadcasting has no folded form, so Fold() is not generated (FoldTorch() is). "
        + "Use equal shapes, or a number");

    public static readonly DiagnosticDescriptor NoForward = Descriptors.Error(
        "LDSL306",
        "No forward",
        "'{0}' does not override forward; write 'public override Tensor forward(Tensor x) => …' with its layers");

    public static readonly DiagnosticDescriptor Recursion = Descriptors.Error(
        "LDSL307",
        "forward calls itself",
        "'{0}' calls the forward that it stands in, which never ends; call a layer instead");

    public static readonly DiagnosticDescriptor UndeclaredLayer = Descriptors.Warning(
        "LDSL308",
        "A module that is no declared layer",
        "'{0}' is no layer declared in '{1}', so Fold() is not generated (FoldTorch() is); "
        + "declare it as '[Linear(in, out)] public partial Layer {0} {{ get; }}'");

    public static readonly DiagnosticDescriptor UnusedLayer = Descriptors.Warning(
        "LDSL309",
        "A layer without effect",
        "The output of forward does not depend on the layer '{0}', which would still be stored and saved; call it or remove it");
}
