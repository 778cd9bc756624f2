using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Own;

/// <summary>Reads expressions: C#'s own binding has resolved names, operators, overloads and constants.</summary>
internal sealed class FormulaReader
{
    private readonly OwnDraft draft;
    private readonly INamedTypeSymbol owner;
    private readonly Func<IInvocationOperation, IReadOnlyList<int>, int> callHelper;
    private readonly Dictionary<ISymbol, int> variables = new(SymbolEqualityComparer.Default);

    /// <param name="draft">Takes the steps.</param>
    /// <param name="owner">The class, whose methods may be called.</param>
    /// <param name="callHelper">Writes the body of a method of the class out.</param>
    public FormulaReader(OwnDraft draft, INamedTypeSymbol owner, Func<IInvocationOperation, IReadOnlyList<int>, int> callHelper)
    {
        this.draft = draft;
        this.owner = owner;
        this.callHelper = callHelper;
    }

    public int Assign(ISymbol variable, int value) => variables[variable] = value;

    /// <summary>The value under the name of a local variable, which generated code keeps.</summary>
    public int Named(SyntaxNode syntax, string name, int value) => value == OwnDraft.Refused ? value : draft.Add(syntax, OwnSteps.Named, [value], text: name);

    /// <summary>The step that computes an expression.</summary>
    public int Read(IOperation operation) => operation switch
    {
        { ConstantValue: { HasValue: true, Value: { } value } } when NumberOf(value) is { } number => Number(operation, number),
        ILocalReferenceOperation local => ReadVariable(local.Local, operation),
        IParameterReferenceOperation parameter => ReadVariable(parameter.Parameter, operation),
        IConversionOperation conversion => ReadConversion(conversion),
        IInvocationOperation call => ReadCall(call),
        IBinaryOperation binary => ReadBinary(binary.OperatorKind, binary.OperatorMethod, binary.Type, binary, binary.LeftOperand, binary.RightOperand),
        ICompoundAssignmentOperation { Target: ILocalReferenceOperation target } assignment =>
            Assign(target.Local, Named(assignment.Syntax, target.Local.Name, ReadBinary(assignment.OperatorKind, assignment.OperatorMethod, assignment.Type, assignment, assignment.Target, assignment.Value))),
        ISimpleAssignmentOperation { IsRef: false, Target: ILocalReferenceOperation target } assignment =>
            Assign(target.Local, Named(assignment.Syntax, target.Local.Name, Read(assignment.Value))),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } unary => draft.Add(unary.Syntax, "Negate", [Read(unary.Operand)]),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Plus } unary => Read(unary.Operand),
        IConditionalOperation { Condition: var condition, WhenTrue: { } then, WhenFalse: { } otherwise } => draft.Add(operation.Syntax, OwnSteps.Choose, [Read(condition), Read(then), Read(otherwise)]),
        IInvalidOperation => OwnDraft.Refused, // The compiler says what is wrong.
        IFieldReferenceOperation or IPropertyReferenceOperation => draft.Refuse(operation.Syntax, "its value is not known at compile time; make it a const, a local variable or a parameter of Map"),
        _ => draft.Refuse(operation.Syntax, "this kind of expression is not translated; write it with operators, the functions of LayerDsl.Functions and static methods of this class"),
    };

    /// <summary>The name in a call.</summary>
    public static SyntaxNode NameOf(IInvocationOperation call) => call.Syntax is InvocationExpressionSyntax invocation
        ? invocation.Expression is MemberAccessExpressionSyntax member ? member.Name : invocation.Expression
        : call.Syntax;

    private int ReadVariable(ISymbol variable, IOperation place) => variables.TryGetValue(variable, out var value)
        ? value
        : draft.Refuse(place.Syntax, "its value is not known at compile time");

    private int Number(IOperation operation, double number) => double.IsNaN(number) || double.IsInfinity(number)
        ? draft.Refuse(operation.Syntax, "a formula's numbers are finite")
        : draft.Add(operation.Syntax, OwnSteps.Number, [], number);

    private int ReadConversion(IConversionOperation conversion)
    {
        var value = Read(conversion.Operand);
        var (isWeight, isOwn) = (KnownCalls.IsWeight(conversion.Type), conversion.OperatorMethod is { } method && KnownCalls.IsWeight(method.ContainingType));
        return value == OwnDraft.Refused ? value
            : isOwn && !isWeight ? draft.Refuse(conversion.Syntax, "a formula computes with Weight, not with tensors; write it with Weight and the functions of LayerDsl.Functions")
            : isOwn || (conversion.OperatorMethod is null && (isWeight || (IsNumber(conversion.Type) && !Truncates(conversion)) || conversion.Type?.SpecialType == SpecialType.System_Boolean)) ? value
            : draft.Refuse(conversion.Syntax, Truncates(conversion) ? "the conversion rounds; write Floor(x) or Round(x)" : "this conversion is not translated");
    }

    private int ReadCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var isHelper = method.IsStatic && method.MethodKind == MethodKind.Ordinary && !method.IsGenericMethod && SymbolEqualityComparer.Default.Equals(method.ContainingType, owner)
            && method.Parameters.All(parameter => parameter.RefKind == RefKind.None);
        var name = KnownCalls.OperatorOf(method);
        if (name is null && !isHelper)
        {
            return draft.Refuse(NameOf(call), KnownCalls.Remedy(method));
        }

        var arguments = call.Arguments.OrderBy(argument => argument.Parameter?.Ordinal ?? 0).Select(argument => Read(argument.Value)).ToArray();
        return name is not null ? draft.Add(NameOf(call), name, arguments) : callHelper(call, arguments);
    }

    private int ReadBinary(BinaryOperatorKind kind, IMethodSymbol? method, ITypeSymbol? type, IOperation operation, IOperation left, IOperation right)
    {
        var token = operation.Syntax switch
        {
            BinaryExpressionSyntax binary => binary.OperatorToken,
            AssignmentExpressionSyntax assignment => assignment.OperatorToken,
            _ => operation.Syntax.GetFirstToken(),
        };
        var name = kind switch
        {
            BinaryOperatorKind.Add => "Add",
            BinaryOperatorKind.Subtract => "Subtract",
            BinaryOperatorKind.Multiply => "Multiply",
            BinaryOperatorKind.Divide => "Divide",
            _ => null,
        };
        if (name is null || (method is not null && !KnownCalls.IsWeight(method.ContainingType)) || (method is null && !IsNumber(type)))
        {
            return draft.Refuse(token.GetLocation(), token.Text, "formulas have +, -, * and /; for comparisons write Greater(x, y) or Where(condition, then, otherwise)");
        }

        if (method is null && name == "Divide" && !IsFloating(type))
        {
            return draft.Refuse(token.GetLocation(), token.Text, "a quotient of integers is rounded down; convert one of them: (double)x / y");
        }

        return draft.Add(operation.Syntax, name, [Read(left), Read(right)]);
    }

    private static bool Truncates(IConversionOperation conversion) => !IsFloating(conversion.Type) && IsFloating(conversion.Operand.Type);

    private static bool IsFloating(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Double or SpecialType.System_Single;

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;

    private static double? NumberOf(object value) => value switch
    {
        bool flag => flag ? 1 : 0,
        double or float or int or long or short or sbyte or byte or ushort or uint or ulong => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
