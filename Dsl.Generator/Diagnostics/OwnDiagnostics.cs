using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL50x: reparameterizations that users write themselves.</summary>
internal static class OwnDiagnostics
{
    public static readonly DiagnosticDescriptor NotAMethod = Descriptors.Error(
        "LDSL501",
        "Not a reparameterization",
        "'{0}' {1}; {2}");

    public static readonly DiagnosticDescriptor Unsupported = Descriptors.Error(
        "LDSL502",
        "Not part of a formula",
        "'{0}' cannot be part of a formula: {1}");

    public static readonly DiagnosticDescriptor WrongParameter = Descriptors.Error(
        "LDSL503",
        "A parameter has no meaning",
        "parameter '{0}' of {1} {2}");

    public static readonly DiagnosticDescriptor DoesNotFit = Descriptors.Error(
        "LDSL504",
        "The formula does not fit a weight",
        "'{0}' does not fit: {1}");

    public static readonly DiagnosticDescriptor CannotApply = Descriptors.Error(
        "LDSL505",
        "The method cannot act on this layer",
        "Reparam: {0} cannot act here: {1}");
}
