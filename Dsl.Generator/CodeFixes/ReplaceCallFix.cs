using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace LayerDsl.CodeFixes;

/// <summary>Writes an equal expression that has a folded form in the place of a call that has none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReplaceCallFix)), Shared]
public sealed class ReplaceCallFix : LayerFix
{
    private protected override string Id => FixKeys.ReplaceCall;

    private protected override Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (node.FirstAncestorOrSelf<ExpressionSyntax>(expression => expression is InvocationExpressionSyntax or BinaryExpressionSyntax) is not { } call)
        {
            return Task.FromResult(document);
        }

        // Parentheses keep the new expression together; the simplifier takes them away where they are not needed.
        var replacement = SyntaxFactory.ParenthesizedExpression(SyntaxFactory.ParseExpression(Value(diagnostic, FixKeys.Value)))
            .WithTriviaFrom(call).WithAdditionalAnnotations(Simplifier.Annotation);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(call, replacement)));
    }
}
