using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.CodeFixes;

/// <summary>Sets an argument of an attribute, a rank or a group size for instance, to a value that is legal.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SetArgumentFix)), Shared]
public sealed class SetArgumentFix : LayerFix
{
    private protected override string Id => FixKeys.SetArgument;

    private protected override async Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var semantics = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (semantics is null || node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute || semantics.GetSymbolInfo(attribute, cancellation).Symbol is not IMethodSymbol constructor)
        {
            return document;
        }

        var name = Value(diagnostic, FixKeys.Name);
        var value = SyntaxFactory.ParseExpression(Value(diagnostic, FixKeys.Value));
        return document.WithSyntaxRoot(Find(attribute, constructor, name) is { } argument
            ? root.ReplaceNode(argument.Expression, value.WithTriviaFrom(argument.Expression))
            : root.ReplaceNode(attribute, attribute.AddArgumentListArguments(
                SyntaxFactory.AttributeArgument(SyntaxFactory.NameEquals(name), nameColon: null, value).NormalizeWhitespace())));
    }

    /// <summary>The argument by its own name, or by the parameter at its place.</summary>
    private static AttributeArgumentSyntax? Find(AttributeSyntax attribute, IMethodSymbol constructor, string name)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        for (var k = 0; k < arguments.Count; k++)
        {
            var own = arguments[k].NameEquals?.Name.Identifier.ValueText ?? arguments[k].NameColon?.Name.Identifier.ValueText
                ?? (k < constructor.Parameters.Length ? constructor.Parameters[k].Name : string.Empty);
            if (own.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return arguments[k];
            }
        }

        return null;
    }
}
