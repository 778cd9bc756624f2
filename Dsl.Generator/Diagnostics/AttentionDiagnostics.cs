using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>LDSL031 and LDSL15x: what [Attention] and [QKReparam] ask, and which projections methods act on.</summary>
internal static class AttentionDiagnostics
{
    public static readonly DiagnosticDescriptor HeadsDoNotDivide = Descriptors.Error(
        "LDSL031",
        "The heads do not divide",
        "Attention: {0} = {1} does not divide {2} = {3}; choose a divisor of {3}");

    public static readonly DiagnosticDescriptor NotOnThisLayer = Descriptors.Error(
        "LDSL150",
        "The layer has no such part",
        "{0}: On = {1} names no projection of this layer; {2}");

    public static readonly DiagnosticDescriptor NoQKReparam = Descriptors.Error(
        "LDSL151",
        "Queries and keys have no common weight",
        "QKReparam: {0}; {1}");
}
