using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL2xx: what the proof found.</summary>
internal static class ProofDiagnostics
{
    public static readonly DiagnosticDescriptor Refuted = Descriptors.Error(
        "LDSL201",
        "Folding changes the result",
        "folding '{0}' changes its result: {1}");

    public static readonly DiagnosticDescriptor OnlyTested = Descriptors.Warning(
        "LDSL202",
        "The fold is tested, not proved",
        "the fold of '{0}' agrees at every point tried but is not proved: {1}");

    public static readonly DiagnosticDescriptor WrongGradient = Descriptors.Error(
        "LDSL203",
        "A gradient is not the derivative",
        "the backward pass of '{0}' is not the derivative of its forward pass: {1}");

    public static readonly DiagnosticDescriptor ProofRequired = Descriptors.Error(
        "LDSL204",
        "The assembly requires a proof",
        "the fold of '{0}' is not proved, and the assembly's ProofPolicy refuses what is only tested ({1}); write the fold so that it can be proved, or change the policy");

    public static readonly DiagnosticDescriptor UncheckedGradient = Descriptors.Warning(
        "LDSL205",
        "A gradient was checked nowhere",
        "the backward pass of '{0}' could be compared with the derivative at no point: {1}; test its gradients yourself");
}
