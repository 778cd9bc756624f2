using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.CodeFixes;

/// <summary>Moves a method to the place among the attributes where it composes with the others: they apply from left to right.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MoveAttributeFix)), Shared]
public sealed class MoveAttributeFix : LayerFix
{
    private protected override string Id => FixKeys.MoveAttribute;

    private protected override async Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var semantics = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (semantics is null || node.FirstAncestorOrSelf<AttributeSyntax>() is not { } moved || moved.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member)
        {
            return document;
        }

        // All attributes of LayerDsl in their order, whether they share brackets or not; the first is the kind of layer.
        var attributes = member.AttributeLists.SelectMany(list => list.Attributes).Where(attribute => NameOf(semantics, attribute, cancellation) is not null).ToList();
        var from = attributes.IndexOf(moved);
        var before = Value(diagnostic, FixKeys.Before);
        var to = before.Length == 0 ? 1 : attributes.FindIndex(attribute => NameOf(semantics, attribute, cancellation) == before);
        if (to < 0 || to >= from)
        {
            return document;
        }

        var order = attributes.ToList();
        order.RemoveAt(from);
        order.Insert(to, moved);
        return document.WithSyntaxRoot(root.ReplaceNodes(attributes, (old, _) => order[attributes.IndexOf(old)].WithTriviaFrom(old)));
    }

    private static string? NameOf(SemanticModel semantics, AttributeSyntax attribute, CancellationToken cancellation) =>
        semantics.GetSymbolInfo(attribute, cancellation).Symbol?.ContainingType is { ContainingNamespace: { Name: "LayerDsl", ContainingNamespace.IsGlobalNamespace: true } } type
            ? type.Name.Substring(0, type.Name.Length - "Attribute".Length)
            : null;
}
