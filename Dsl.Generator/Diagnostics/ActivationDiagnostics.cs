using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL13x: what [Quantize] asks of the input's grid.</summary>
internal static class ActivationDiagnostics
{
    public static readonly DiagnosticDescriptor SchemeNotForWeights = Descriptors.Error(
        "LDSL130",
        "A scheme for activations only",
        "[Quantize] has Scheme = {0}, which is a grid of activations; set Activations = true, ActivationScheme = Scheme.{0}, and choose Scheme for the weight among {1}");

    public static readonly DiagnosticDescriptor SchemeNotForActivations = Descriptors.Error(
        "LDSL131",
        "A scheme for weights only",
        "[Quantize] has ActivationScheme = {0}, which is a grid of weights; choose one of {1}");

    public static readonly DiagnosticDescriptor ActivationBitsOutOfRange = Descriptors.Error(
        "LDSL132",
        "Bits of the input out of range",
        "[Quantize] has ActivationBits = {0} with {1} codes, which take {2} bits");

    public static readonly DiagnosticDescriptor WithoutActivations = Descriptors.Error(
        "LDSL133",
        "An option of activations that are not quantized",
        "[Quantize] sets {0}, but the layer's input is not quantized; add Activations = true, or leave {0} out");

    public static readonly DiagnosticDescriptor NoSignedCodes = Descriptors.Error(
        "LDSL134",
        "The scheme has no signed codes",
        "[Quantize] with ActivationScheme.{0} has ActivationSymmetric = true, but its range starts at 0; leave ActivationSymmetric out, or choose Uniform or Lsq");
}
