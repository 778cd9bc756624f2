using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL90x: what an IDE shows of a layer that is in order.</summary>
internal static class InformationDiagnostics
{
    public static readonly DiagnosticDescriptor Cost = Descriptors.Information(
        "LDSL901",
        "What a layer costs",
        "'{0}': {1} parameters, {2} after folding; {3} FLOPs per {4} in training, {5} folded; {6} bytes, {7} folded; {8}");
}
