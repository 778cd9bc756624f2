using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace LayerDsl.CodeFixes;

/// <summary>Calls <c>RegisterComponents()</c> at the end of a constructor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RegisterComponentsFix)), Shared]
public sealed class RegisterComponentsFix : LayerFix
{
    private protected override string Id => FixKeys.RegisterComponents;

    private protected override Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (node.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not { } constructor)
        {
            return Task.FromResult(document);
        }

        var call = SyntaxFactory.ParseStatement("RegisterComponents();").WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);
        StatementSyntax[] before = constructor.ExpressionBody is { } arrow
            ? [SyntaxFactory.ExpressionStatement(arrow.Expression).WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)]
            : [.. constructor.Body?.Statements ?? default];
        var body = (constructor.Body ?? SyntaxFactory.Block()).WithStatements([.. before, call]);
        var changed = constructor.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithAdditionalAnnotations(Formatter.Annotation);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(constructor, changed)));
    }
}
