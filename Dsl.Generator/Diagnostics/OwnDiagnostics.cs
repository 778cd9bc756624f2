using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL40x: reparameterizations that users write themselves.</summary>
internal static class OwnDiagnostics
{
    public static readonly DiagnosticDescriptor NotAMethod = Descriptors.Error(
        "LDSL401",
        "Not a reparameterization",
        "'{0}' {1}; {2}");

    public static readonly DiagnosticDescriptor Unsupported = Descriptors.Error(
        "LDSL402",
        "Not part of a formula",
        "'{0}' cannot be part of a formula: {1}");

    public static readonly DiagnosticDescriptor WrongParameter = Descriptors.Error(
        "LDSL403",
        "A parameter has no meaning",
        "parameter '{0}' of {1} {2}");

    public static readonly DiagnosticDescriptor DoesNotFit = Descriptors.Error(
        "LDSL404",
        "The formula does not fit a weight",
        "'{0}' does not fit: {1}");

    public static readonly DiagnosticDescriptor CannotApply = Descriptors.Error(
        "LDSL405",
        "The method cannot act on this layer",
        "Reparam: {0} cannot act here: {1}");
}
