using System.Composition;
using LayerDsl.Generator.Diagnostics.Fixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace LayerDsl.CodeFixes;

/// <summary>
/// Turns a warning off around one member, with room for the reason. A directive, not an attribute: compilers hide what a generator
/// reports only where a directive says so.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SuppressFix)), Shared]
public sealed class SuppressFix : LayerFix
{
    private protected override string Id => FixKeys.Suppress;

    private protected override async Task<Document> Apply(Document document, SyntaxNode root, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        SyntaxNode member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? node;
        var lines = text.Lines.GetLinePositionSpan(member.Span);
        var first = text.Lines[lines.Start.Line];
        var indent = text.ToString(TextSpan.FromBounds(first.Start, member.SpanStart));
        indent = indent.Substring(0, indent.Length - indent.TrimStart().Length);
        var id = Value(diagnostic, FixKeys.Name);
        var end = text.ToString().Contains("\r\n") ? "\r\n" : "\n";
        return document.WithText(text.WithChanges(
            new TextChange(new TextSpan(first.Start, 0), $"{indent}#pragma warning disable {id} // Justification: {end}"),
            new TextChange(new TextSpan(text.Lines[lines.End.Line].End, 0), $"{end}{indent}#pragma warning restore {id}")));
    }
}
