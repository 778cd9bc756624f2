using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Forward;

/// <summary>Collects the steps and diagnostics of one <c>forward</c> while it is read.</summary>
internal sealed class ForwardDraft
{
    private readonly List<RawStep> steps = [];
    private readonly List<DiagnosticInfo> diagnostics = [];

    public IReadOnlyList<RawStep> Steps => steps;

    public IReadOnlyList<DiagnosticInfo> Diagnostics => diagnostics;

    /// <summary>Appends a step; its operands are tensors.</summary>
    public Operand Add(RawStep step, SyntaxNode place)
    {
        steps.Add(step with { Text = TextOf(place), Location = LocationOf(place) });
        return new Operand.Tensor(steps.Count);
    }

    public Operand Unsupported(SyntaxNode place, string reason) => Refuse(ForwardDiagnostics.Unsupported, place, TextOf(place), reason);

    public Operand Refuse(DiagnosticDescriptor descriptor, SyntaxNode place, params string[] arguments)
    {
        diagnostics.Add(DiagnosticInfo.Create(descriptor, LocationOf(place), arguments));
        return new Operand.Refused();
    }

    /// <summary>A call is named by its method, an operation by its operator, anything else by its text.</summary>
    public static string TextOf(SyntaxNode place)
    {
        var text = place.SyntaxTree.GetText().ToString(TokenOf(place).SourceSpan);
        var line = text.Split('\n')[0].TrimEnd();
        return line.Length > 60 ? line.Substring(0, 60) + "…" : line;
    }

    private static LocationInfo? LocationOf(SyntaxNode place) => LocationInfo.From(TokenOf(place));

    private static Location TokenOf(SyntaxNode place) => place switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Name.GetLocation(),
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax member } => member.Name.GetLocation(),
        InvocationExpressionSyntax call => call.Expression.GetLocation(),
        BinaryExpressionSyntax binary => binary.OperatorToken.GetLocation(),
        AssignmentExpressionSyntax assignment => assignment.OperatorToken.GetLocation(),
        IfStatementSyntax { IfKeyword: var keyword } => keyword.GetLocation(),
        CommonForEachStatementSyntax { ForEachKeyword: var keyword } => keyword.GetLocation(),
        ForStatementSyntax { ForKeyword: var keyword } => keyword.GetLocation(),
        WhileStatementSyntax { WhileKeyword: var keyword } => keyword.GetLocation(),
        TryStatementSyntax { TryKeyword: var keyword } => keyword.GetLocation(),
        SwitchStatementSyntax { SwitchKeyword: var keyword } => keyword.GetLocation(),
        LocalFunctionStatementSyntax local => local.Identifier.GetLocation(),
        _ => place.GetLocation(),
    };
}
