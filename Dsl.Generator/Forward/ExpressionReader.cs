using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Forward;

/// <summary>Reads expressions by their meaning, not their spelling: C#'s own binding has resolved names, operators, overloads and constants.</summary>
internal sealed class ExpressionReader
{
    private const int DeepestNesting = 400;

    private readonly ForwardDraft draft;
    private readonly IMethodSymbol forward;
    private readonly IReadOnlyDictionary<string, LayerShape> layers;
    private readonly KnownMethodReader methods;
    private readonly Dictionary<ISymbol, Operand> variables = new(SymbolEqualityComparer.Default);

    private int depth;

    public ExpressionReader(ForwardDraft draft, IMethodSymbol forward, IReadOnlyDictionary<string, LayerShape> layers)
    {
        this.draft = draft;
        this.forward = forward;
        this.layers = layers;
        methods = new KnownMethodReader(draft, this);
        variables[forward.Parameters[0]] = new Operand.Tensor(0);
    }

    /// <summary>Reads one expression; nesting is limited, because every level takes a part of the stack.</summary>
    public Operand Read(IOperation operation)
    {
        depth++;
        var operand = depth > DeepestNesting
            ? draft.Unsupported(operation.Syntax, "it is nested too deeply; use local variables")
            : ReadNested(operation);
        depth--;
        return operand;
    }

    private Operand ReadNested(IOperation operation) => operation switch
    {
        { ConstantValue: { HasValue: true, Value: { } value } } when NumberOf(value) is { } number => new Operand.Number(number),
        ILocalReferenceOperation local => ReadVariable(local.Local, operation),
        IParameterReferenceOperation parameter => ReadVariable(parameter.Parameter, operation),
        IConversionOperation conversion => ReadConversion(conversion),
        IInvocationOperation call => ReadCall(call),
        IBinaryOperation { OperatorMethod: { } method } binary => ReadOperator(method, binary, binary.LeftOperand, binary.RightOperand),
        IUnaryOperation { OperatorMethod: { } method } unary => ReadOperator(method, unary, unary.Operand),
        ICompoundAssignmentOperation { OperatorMethod: { } method } assignment =>
            AssignTo(assignment.Target, assignment, () => ReadOperator(method, assignment, assignment.Target, assignment.Value)),
        ISimpleAssignmentOperation { IsRef: false } assignment => AssignTo(assignment.Target, assignment, () => Read(assignment.Value)),
        IArrayElementReferenceOperation element => ReadElement(element),
        _ => draft.Unsupported(operation.Syntax, "this kind of expression is not translated"),
    };

    /// <summary>Reads a constant, or reports what is none.</summary>
    public double? ReadNumber(IOperation operation, string meaning)
    {
        switch (Read(operation))
        {
            case Operand.Number number:
                return number.Value;
            case not Operand.Refused:
                _ = draft.Unsupported(operation.Syntax, meaning + " must be a constant");
                break;
        }

        return null;
    }

    public Operand Assign(ISymbol variable, Operand value) => variables[variable] = value;

    private Operand AssignTo(IOperation target, IOperation assignment, Func<Operand> value) => target switch
    {
        ILocalReferenceOperation local => Assign(local.Local, value()),
        IParameterReferenceOperation parameter => Assign(parameter.Parameter, value()),
        _ => draft.Unsupported(assignment.Syntax, "a folded model has no state, so only local variables can be assigned"),
    };

    private Operand ReadVariable(ISymbol variable, IOperation place) => variables.TryGetValue(variable, out var value)
        ? value
        : draft.Unsupported(place.Syntax, "its value is not known at compile time");

    private Operand ReadConversion(IConversionOperation conversion)
    {
        if (conversion.OperatorMethod is { } method && !KnownMethods.IsTorchSharp(method))
        {
            return draft.Unsupported(conversion.Syntax, "this conversion is not translated");
        }

        var operand = Read(conversion.Operand);
        var toInteger = conversion.Type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
        return operand is Operand.Number { Value: var number } && toInteger && number != Math.Truncate(number)
            ? draft.Unsupported(conversion.Syntax, "this conversion changes the number")
            : operand;
    }

    private Operand ReadCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.Name is "forward" or "call" && method is { IsStatic: false, Parameters.Length: 1 } && IsModule(method.ContainingType))
        {
            return ReadModuleCall(call);
        }

        if (KnownMethods.Find(method) is { } known)
        {
            return methods.Read(known, call);
        }

        if (KnownMethods.IsTorchSharp(method) && KnownMethods.IsScope(method.ReturnType))
        {
            return new Operand.Scope();
        }

        if (KnownMethods.IsTorchSharp(method) && method.Name == "size" && KnownMethods.IsTensor(method.ContainingType) && method.Parameters.Length == 1)
        {
            return ReadSize(call.Instance!, call.Arguments[0].Value, call);
        }

        // What it is applied to may hold further findings; all of them are reported at once.
        foreach (var operand in call.ChildOperations.Where(operand => KnownMethods.IsTensor((operand as IArgumentOperation)?.Value.Type ?? operand.Type)))
        {
            _ = Read((operand as IArgumentOperation)?.Value ?? operand);
        }

        return draft.Unsupported(call.Syntax, KnownMethods.IsTorchSharp(method) ? "this operation is not translated" : "it is not an operation of TorchSharp");
    }

    private Operand ReadModuleCall(IInvocationOperation call)
    {
        var input = Read(call.Arguments[0].Value);
        switch (call.Instance)
        {
            case IInstanceReferenceOperation:
                return draft.Refuse(ForwardDiagnostics.Recursion, call.Syntax, ForwardDraft.TextOf(call.Syntax));
            case IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: var member }
                when layers.ContainsKey(member.Name) && SymbolEqualityComparer.Default.Equals(member.ContainingType, forward.ContainingType):
                return input is Operand.Tensor tensor ? draft.Add(new RawStep.Layer(member.Name, [tensor.Value]), call.Syntax) : input;
            case { } module:
                return draft.Refuse(ForwardDiagnostics.UndeclaredLayer, module.Syntax, ForwardDraft.TextOf(module.Syntax), forward.ContainingType.Name);
            default:
                return draft.Unsupported(call.Syntax, "the module that it calls is unknown");
        }
    }

    private Operand ReadOperator(IMethodSymbol method, IOperation operation, params IOperation[] operands) => KnownMethods.Find(method) is { } known
        ? methods.Apply(known, operation.Syntax, operands.Select(Read).ToArray())
        : draft.Unsupported(operation.Syntax, "this operator is not translated");

    private Operand ReadElement(IArrayElementReferenceOperation element) =>
        element is { ArrayReference: IPropertyReferenceOperation { Property: { Name: "shape" } shape, Instance: { } tensor }, Indices.Length: 1 } && KnownMethods.IsTensor(shape.ContainingType)
            ? ReadSize(tensor, element.Indices[0], element)
            : draft.Unsupported(element.Syntax, "only x.shape[0], the batch size, is translated");

    /// <summary>x.shape[0] and x.size(0).</summary>
    private Operand ReadSize(IOperation tensor, IOperation dimension, IOperation place)
    {
        var value = Read(tensor);
        return value is Operand.Refused ? value
            : value is Operand.Tensor && dimension.ConstantValue is { HasValue: true, Value: 0 or 0L } ? new Operand.Batch()
            : draft.Unsupported(place.Syntax, "only the size of dimension 0, the batch, is translated; write other sizes as constants");
    }

    private static bool IsModule(ITypeSymbol? type)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (KnownMethods.IsTorchSharp(ancestor) && ancestor.Name is "Module" or "IModule")
            {
                return true;
            }
        }

        return false;
    }

    private static double? NumberOf(object value) => value switch
    {
        double or float or int or long or short or sbyte or byte or ushort or uint or ulong => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}
