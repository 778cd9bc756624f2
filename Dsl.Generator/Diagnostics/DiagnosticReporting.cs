using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics;

/// <summary>The one place where diagnostics leave the pipeline.</summary>
internal static class DiagnosticReporting
{
    /// <summary>Reports each. Only here a compilation is looked at once more, for the sake of suppressions.</summary>
    public static void Report(this IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<DiagnosticInfo> diagnostics) =>
        context.RegisterSourceOutput(
            diagnostics.Combine(context.CompilationProvider),
            (output, pair) => output.ReportDiagnostic(pair.Left.ToDiagnostic(pair.Right)));
}
