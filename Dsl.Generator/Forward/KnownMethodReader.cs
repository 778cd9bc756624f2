using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Forward;

/// <summary>Turns calls of known methods into steps: one method here for each kind in <see cref="KnownMethods"/>.</summary>
internal sealed class KnownMethodReader
{
    private readonly ForwardDraft draft;
    private readonly ExpressionReader expressions;

    public KnownMethodReader(ForwardDraft draft, ExpressionReader expressions)
    {
        this.draft = draft;
        this.expressions = expressions;
    }

    /// <summary>Reads a call: its operands are the receiver and the arguments that stand for tensors or numbers, its options all others.</summary>
    public Operand Read(KnownMethod known, IInvocationOperation call)
    {
        var options = call.Arguments.Where(argument => !IsOperand(argument)).ToArray();
        var operands = call.Arguments.Where(IsOperand).OrderBy(argument => argument.Parameter!.Ordinal).Select(argument => argument.Value);
        var values = (call.Instance is null ? operands : operands.Prepend(call.Instance)).Select(expressions.Read).ToArray();
        return known switch
        {
            KnownMethod.Gelu => ReadGelu(call, values, options),
            KnownMethod.Softmax softmax => ReadSoftmax(softmax, call, values, options),
            KnownMethod.Reshape => ReadReshape(call, values, options),
            KnownMethod.Flatten => ReadFlatten(call, values, options),
            KnownMethod.Pool pool => PoolReader.Read(pool, call, values[0], options, draft, expressions),
            KnownMethod.GlobalAverage => PoolReader.ReadGlobal(call, values[0], options, draft, expressions),
            _ when options.FirstOrDefault(option => !IsDefault(option)) is { } option =>
                draft.Unsupported(option.Syntax, $"the option '{option.Parameter!.Name}' of {call.TargetMethod.Name} is not translated"),
            _ => Apply(known, call.Syntax, values),
        };
    }

    /// <summary>Applies a method or operator without options.</summary>
    public Operand Apply(KnownMethod known, SyntaxNode place, Operand[] operands)
    {
        if (operands.Any(operand => operand is Operand.Refused))
        {
            return new Operand.Refused();
        }

        return (known, operands[0], operands.Length > 1 ? operands[1] : null) switch
        {
            (KnownMethod.Identity, Operand.Tensor x, null) => x,
            (KnownMethod.Activate activate, Operand.Tensor x, null) => draft.Add(new RawStep.Activate(activate.Function, [x.Value]), place),
            (KnownMethod.Negate, Operand.Tensor x, null) => draft.Add(new RawStep.WithNumber(Arithmetic.Multiply, -1, false, [x.Value]), place),
            (KnownMethod.Combine combine, Operand.Tensor a, Operand.Tensor b) => draft.Add(new RawStep.Combine(combine.Operation, [a.Value, b.Value]), place),
            (KnownMethod.Combine combine, Operand.Tensor x, Operand.Number number) => WithNumber(combine.Operation, x, number, numberFirst: false, place),
            (KnownMethod.Combine combine, Operand.Number number, Operand.Tensor x) => WithNumber(combine.Operation, x, number, numberFirst: true, place),
            _ => draft.Unsupported(place, "its operands must be tensors computed from the input, or constants"),
        };
    }

    private Operand WithNumber(Arithmetic operation, Operand.Tensor x, Operand.Number number, bool numberFirst, SyntaxNode place)
    {
        var scalar = (float)number.Value;
        return float.IsNaN(scalar) || float.IsInfinity(scalar)
            ? draft.Unsupported(place, "the number is no finite float")
            : draft.Add(new RawStep.WithNumber(operation, number.Value, numberFirst, [x.Value]), place);
    }

    /// <summary>gelu has two formulas; the option that chooses is an enum constant.</summary>
    private Operand ReadGelu(IInvocationOperation call, Operand[] values, IArgumentOperation[] options)
    {
        var function = Activation.Gelu;
        foreach (var option in options.Where(option => !IsDefault(option)))
        {
            if (option.Parameter!.Name != "approximate" || option.Value.ConstantValue is not { HasValue: true, Value: { } chosen })
            {
                return draft.Unsupported(option.Syntax, $"the option '{option.Parameter.Name}' of gelu is not translated");
            }

            function = IsMember(option.Value.Type, chosen, "tanh") ? Activation.GeluTanh : Activation.Gelu;
        }

        return Apply(new KnownMethod.Activate(function), call.Syntax, values);
    }

    private Operand ReadSoftmax(KnownMethod.Softmax softmax, IInvocationOperation call, Operand[] values, IArgumentOperation[] options)
    {
        var dimension = options.First(option => option.Parameter!.Name == "dim");
        if (options.FirstOrDefault(option => option != dimension && !IsDefault(option)) is { } other)
        {
            return draft.Unsupported(other.Syntax, $"the option '{other.Parameter!.Name}' of {call.TargetMethod.Name} is not translated");
        }

        return expressions.ReadNumber(dimension.Value, "the dimension") is not { } dim || values[0] is not Operand.Tensor x
            ? new Operand.Refused()
            : draft.Add(new RawStep.Softmax(softmax.Function, (long)dim, [x.Value]), call.Syntax);
    }

    private Operand ReadFlatten(IInvocationOperation call, Operand[] values, IArgumentOperation[] options)
    {
        var start = options.FirstOrDefault(option => option.Parameter!.Name == "start_dim");
        var end = options.FirstOrDefault(option => option.Parameter!.Name == "end_dim");
        if (start is null || end is null)
        {
            return draft.Unsupported(call.Syntax, "named dimensions are not translated");
        }

        if (expressions.ReadNumber(start.Value, "start_dim") is not { } first || expressions.ReadNumber(end.Value, "end_dim") is not { } last || values[0] is not Operand.Tensor x)
        {
            return new Operand.Refused();
        }

        return first == 0
            ? draft.Refuse(ForwardDiagnostics.MixedSamples, call.Syntax, "flatten", "it starts at dimension 0")
            : draft.Add(new RawStep.Flatten((long)first, (long)last, [x.Value]), call.Syntax);
    }

    private Operand ReadReshape(IInvocationOperation call, Operand[] values, IArgumentOperation[] options)
    {
        if (options.Length != 1 || SizesOf(options[0].Value) is not { } sizes)
        {
            return draft.Unsupported(call.Syntax, "its sizes must be written one by one");
        }

        var batch = sizes.Length == 0 ? null : expressions.Read(sizes[0]);
        var perSample = sizes.Skip(1).Select(size => expressions.ReadNumber(size, "a size after the batch")).ToArray();
        if (values[0] is not Operand.Tensor x || batch is Operand.Refused || perSample.Any(size => size is null))
        {
            return new Operand.Refused();
        }

        var free = batch is Operand.Number { Value: -1 };
        var name = call.TargetMethod.Name;
        if (!free && batch is not Operand.Batch)
        {
            return draft.Refuse(ForwardDiagnostics.MixedSamples, call.Syntax, name, "its first size is neither -1 nor x.shape[0]");
        }

        if (perSample.Any(size => size is > int.MaxValue or < -1))
        {
            return draft.Unsupported(call.Syntax, "its sizes must be at least 1, with at most one -1");
        }

        var shape = perSample.Select(size => checked((int)size!.Value)).ToEquatableArray();
        return shape.Any(size => size is 0 or < -1) || shape.Count(size => size == -1) + (free ? 1 : 0) > 1
            ? draft.Unsupported(call.Syntax, "its sizes must be at least 1, with at most one -1")
            : draft.Add(new RawStep.Reshape(shape, free, [x.Value]), call.Syntax);
    }

    /// <summary>The elements of a params array, an array or a collection expression.</summary>
    private static IOperation[]? SizesOf(IOperation value) => value switch
    {
        IConversionOperation conversion => SizesOf(conversion.Operand),
        IArrayCreationOperation { Initializer: { } initializer } => [.. initializer.ElementValues],
        ICollectionExpressionOperation collection when collection.Elements.All(element => element is not ISpreadOperation) => [.. collection.Elements],
        _ => null,
    };

    private static bool IsOperand(IArgumentOperation argument) =>
        KnownMethods.IsTensor(argument.Parameter!.Type)
        || (argument.Parameter.Name != "alpha" && KnownMethods.IsTorchSharp(argument.Parameter.Type) && argument.Parameter.Type.Name == "Scalar");

    public static bool IsDefault(IArgumentOperation argument) =>
        argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Value.ConstantValue is { HasValue: true, Value: null or false };

    private static bool IsMember(ITypeSymbol? type, object value, string member) =>
        type?.GetMembers(member).OfType<IFieldSymbol>().Any(field => Equals(field.ConstantValue, value)) == true;
}
