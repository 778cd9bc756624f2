using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Own;

/// <summary>Reads the body of one method by its meaning: statements here, expressions in <see cref="FormulaReader"/>.</summary>
internal sealed class BodyReader
{
    private readonly OwnDraft draft;
    private readonly Compilation compilation;
    private readonly FormulaReader formulas;
    private readonly CancellationToken cancellation;
    private readonly List<IMethodSymbol> calls = [];

    public BodyReader(OwnDraft draft, INamedTypeSymbol owner, Compilation compilation, CancellationToken cancellation)
    {
        this.draft = draft;
        this.compilation = compilation;
        this.cancellation = cancellation;
        formulas = new FormulaReader(draft, owner, Call);
    }

    /// <summary>The steps whose results the method returns, several for a tuple; null where something was refused.</summary>
    /// <param name="method">A method of the class.</param>
    /// <param name="arguments">For each parameter the step that is its value.</param>
    public IReadOnlyList<int>? Read(IMethodSymbol method, IReadOnlyList<int> arguments)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not MethodDeclarationSyntax syntax
            || ((SyntaxNode?)syntax.Body ?? syntax.ExpressionBody) is not { } body)
        {
            return null; // An error of the compiler's.
        }

        if (TooDeep(body) is { } deep)
        {
            _ = draft.Refuse(deep, $"it is nested more than {OwnLimits.DeepestSyntax} deep; use local variables and helper methods");
            return null;
        }

        for (var k = 0; k < arguments.Count; k++)
        {
            formulas.Assign(method.Parameters[k], arguments[k]);
        }

        return compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(body, cancellation) is IBlockOperation block ? ReadBlock(block.Operations) : null;
    }

    private IReadOnlyList<int>? ReadBlock(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (statement)
            {
                case IReturnOperation { ReturnedValue: { } value }:
                    return Return(value);
                case IBlockOperation block when ReadBlock(block.Operations) is { } returned:
                    return returned; // What stands after a return is never run.
                case IBlockOperation or IEmptyOperation:
                    break;
                case IExpressionStatementOperation { Operation: var expression }:
                    _ = formulas.Read(expression);
                    break;
                case IVariableDeclarationGroupOperation group:
                    Declare(group);
                    break;
                default:
                    _ = draft.Refuse(statement.Syntax.GetFirstToken().GetLocation(), statement.Syntax.GetFirstToken().Text, "a formula has no branches and loops; write Where(condition, then, otherwise), or the steps of the loop one by one");
                    return null;
            }
        }

        return null;
    }

    private void Declare(IVariableDeclarationGroupOperation group)
    {
        foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
        {
            var value = declarator.GetVariableInitializer() is { } initializer ? formulas.Read(initializer.Value) : OwnDraft.Refused;
            formulas.Assign(declarator.Symbol, formulas.Named(declarator.Syntax, declarator.Symbol.Name, value));
        }
    }

    /// <summary>The value, or the values of a tuple.</summary>
    private IReadOnlyList<int>? Return(IOperation value)
    {
        while (value is IConversionOperation { Operand: ITupleOperation or IConversionOperation { Type.IsTupleType: true } } conversion)
        {
            value = conversion.Operand;
        }

        var results = value is ITupleOperation tuple ? tuple.Elements.Select(formulas.Read).ToArray() : [formulas.Read(value)];
        return results.Contains(OwnDraft.Refused) ? null : results;
    }

    /// <summary>A helper method is written out where it is called.</summary>
    private int Call(IInvocationOperation call, IReadOnlyList<int> arguments)
    {
        var method = call.TargetMethod;
        if (calls.Contains(method, SymbolEqualityComparer.Default))
        {
            return draft.Refuse(FormulaReader.NameOf(call), "the method calls itself; write its steps one by one");
        }

        if (calls.Count == OwnLimits.DeepestCalls)
        {
            return draft.Refuse(FormulaReader.NameOf(call), $"helper methods call each other more than {OwnLimits.DeepestCalls} deep; write some of them out");
        }

        calls.Add(method);
        var results = arguments.Contains(OwnDraft.Refused) ? null : Read(method, arguments);
        calls.RemoveAt(calls.Count - 1);
        return results is { Count: 1 } ? results[0] : OwnDraft.Refused;
    }

    /// <summary>The first node below the limit, found without recursion.</summary>
    private static SyntaxNode? TooDeep(SyntaxNode body)
    {
        var waiting = new Stack<(SyntaxNode Node, int Depth)>();
        waiting.Push((body, 0));
        while (waiting.Count > 0)
        {
            var (node, depth) = waiting.Pop();
            if (depth > OwnLimits.DeepestSyntax)
            {
                return node;
            }

            foreach (var child in node.ChildNodes())
            {
                waiting.Push((child, depth + 1));
            }
        }

        return null;
    }
}
