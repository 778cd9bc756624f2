using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>Builds descriptors the same way for every family: category, documentation page, severity.</summary>
internal static class Descriptors
{
    private const string Pages = "https://github.com/layerdsl/layerdsl/blob/main/docs/diagnostics/";

    public static DiagnosticDescriptor Error(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Error);

    public static DiagnosticDescriptor Warning(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Warning);

    public static DiagnosticDescriptor Information(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Info);

    /// <summary>Shown nowhere; an IDE offers the code fix that goes with it.</summary>
    public static DiagnosticDescriptor Hidden(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Hidden);

    private static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity) =>
        new(id, title, message, "LayerDsl", severity, isEnabledByDefault: true, helpLinkUri: Pages + id + ".md");
}
