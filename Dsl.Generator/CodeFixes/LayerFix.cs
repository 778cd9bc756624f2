using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LayerDsl.CodeFixes;

/// <summary>A fix for what LayerDsl's analyzer suggests: the analyzer has said what to write, a fix knows where.</summary>
public abstract class LayerFix : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds => [Id];

    /// <summary>The suggestion that this fixes.</summary>
    private protected abstract string Id { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is { } node)
            {
                var title = diagnostic.GetMessage(CultureInfo.InvariantCulture);
                context.RegisterCodeFix(CodeAction.Create(title, cancellation => Apply(context.Document, root, node, diagnostic, cancellation), Id + title), diagnostic);
            }
        }
    }

    /// <summary>The document with the fix; the same one where there is nothing to change.</summary>
    private protected abstract Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation);

    /// <summary>What the analyzer said of a suggestion.</summary>
    private protected static string Value(Diagnostic diagnostic, string key) => diagnostic.Properties.TryGetValue(key, out var value) ? value ?? string.Empty : string.Empty;
}
