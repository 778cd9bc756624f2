using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Diagnostics.Fixes;

/// <summary>The table of TorchSharp calls without a folded form that another expression with one equals.</summary>
internal static class EquivalentCalls
{
    /// <summary>By method: the replacement for a tensor {0} and, where there is one, a second operand {1}.</summary>
    private static readonly IReadOnlyDictionary<string, (int Operands, string Form)> Rows = new Dictionary<string, (int, string)>
    {
        ["square"] = (1, "{0} * {0}"),
        ["silu"] = (1, "{0} * {0}.sigmoid()"),
        ["relu_"] = (1, "{0}.relu()"),
        ["sigmoid_"] = (1, "{0}.sigmoid()"),
        ["tanh_"] = (1, "{0}.tanh()"),
        ["neg_"] = (1, "-{0}"),
        ["add_"] = (2, "{0} + {1}"),
        ["sub_"] = (2, "{0} - {1}"),
        ["mul_"] = (2, "{0} * {1}"),
        ["div"] = (2, "{0} * (1.0 / {1})"),
        ["divide"] = (2, "{0} * (1.0 / {1})"),
    };

    /// <summary>The expression to write instead, or null where none is known or an operand would be computed twice.</summary>
    /// <param name="found">What was found to have no folded form: an operation, or the name of the method that is called.</param>
    /// <param name="isType">Whether a name means a type or namespace: <c>torch.square(x)</c> has its tensor among the arguments.</param>
    public static string? Of(SyntaxNode found, Func<ExpressionSyntax, bool> isType) => CallOf(found) switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call => Of(
            member.Name.Identifier.Text,
            [.. isType(member.Expression) ? [] : new[] { member.Expression }, .. Arguments(call)]),
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax name } call => Of(name.Identifier.Text, [.. Arguments(call)]),
        BinaryExpressionSyntax { OperatorToken.Text: "/" } division => Of("div", [division.Left, division.Right]),
        _ => null,
    };

    private static SyntaxNode CallOf(SyntaxNode found) => found.Parent switch
    {
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } member when member.Name == found => call,
        InvocationExpressionSyntax call when call.Expression == found => call,
        _ => found,
    };

    private static IEnumerable<ExpressionSyntax> Arguments(InvocationExpressionSyntax call) => call.ArgumentList.Arguments.Select(argument => argument.Expression);

    private static string? Of(string method, ExpressionSyntax[] operands)
    {
        if (!Rows.TryGetValue(method, out var row) || row.Operands != operands.Length || (IsRepeated(row.Form) && operands[0] is not IdentifierNameSyntax))
        {
            return null;
        }

        // A divisor must be a number: 1 / tensor has no folded form either.
        return row.Form.Contains("1.0 /") && operands[1] is not LiteralExpressionSyntax
            ? null
            : string.Format(System.Globalization.CultureInfo.InvariantCulture, row.Form, operands.Select(Text).ToArray());
    }

    private static bool IsRepeated(string form) => form.IndexOf("{0}", StringComparison.Ordinal) != form.LastIndexOf("{0}", StringComparison.Ordinal);

    private static object Text(ExpressionSyntax operand) =>
        operand is IdentifierNameSyntax or LiteralExpressionSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax or ParenthesizedExpressionSyntax
            ? operand.ToString()
            : "(" + operand + ")";
}
