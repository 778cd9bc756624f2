using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace LayerDsl.CodeFixes;

/// <summary>Writes a <c>forward</c> that calls the declared layers one after the other.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddForwardFix)), Shared]
public sealed class AddForwardFix : LayerFix
{
    private protected override string Id => FixKeys.AddForward;

    private protected override Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var type = node.FirstAncestorOrSelf<TypeDeclarationSyntax>();
        if (type is null)
        {
            return Task.FromResult(document);
        }

        var calls = Value(diagnostic, FixKeys.Layers).Split(',').Aggregate("x", (inner, layer) => $"{layer}.forward({inner})");
        var method = SyntaxFactory.ParseMemberDeclaration(
            $"public override global::TorchSharp.torch.Tensor forward(global::TorchSharp.torch.Tensor x) => {calls};")!
            .WithLeadingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed, SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(type, type.AddMembers(method))));
    }
}
