using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.CodeFixes;

/// <summary>Writes <c>partial</c> where the generator has to add to a declaration.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialFix)), Shared]
public sealed class MakePartialFix : LayerFix
{
    private protected override string Id => FixKeys.MakePartial;

    private protected override Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var name = Value(diagnostic, FixKeys.Name);
        var declaration = node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault(member => NameOf(member) == name);
        return Task.FromResult(declaration is null || declaration.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? document
            : document.WithSyntaxRoot(root.ReplaceNode(declaration, MadePartial(declaration))));
    }

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The modifier stands last, right before <c>class</c> or the type of a property.</summary>
    private static MemberDeclarationSyntax MadePartial(MemberDeclarationSyntax declaration)
    {
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (declaration.Modifiers.Count > 0)
        {
            return declaration.WithModifiers(declaration.Modifiers.Add(partial));
        }

        // Without other modifiers, what stands before the keyword or type moves in front of the new one.
        var first = declaration is TypeDeclarationSyntax type ? type.Keyword : ((PropertyDeclarationSyntax)declaration).Type.GetFirstToken();
        var bare = declaration.ReplaceToken(first, first.WithLeadingTrivia());
        return bare.WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(first.LeadingTrivia)));
    }
}
