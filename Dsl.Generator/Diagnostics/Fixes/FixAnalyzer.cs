using System.Collections.Immutable;
using LayerDsl.Generator.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LayerDsl.Generator.Diagnostics.Fixes;

/// <summary>Suggests fixes where the generator reports something that can be fixed. It reports nothing that a build shows.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FixAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        FixDescriptors.MakePartial,
        FixDescriptors.SetArgument,
        FixDescriptors.MoveAttribute,
        FixDescriptors.AddForward,
        FixDescriptors.ReplaceCall,
        FixDescriptors.RegisterComponents,
        FixDescriptors.Suppress,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        foreach (var fix in FixReader.Read((INamedTypeSymbol)context.Symbol, context.Compilation, context.CancellationToken))
        {
            context.ReportDiagnostic(fix.ToDiagnostic(context.Compilation));
        }
    }
}
