using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Forward;

/// <summary>
/// Reads the body of <c>forward</c> from the compiler's operation tree into steps without shapes. What it does not know
/// stops it, with a diagnostic at that place.
/// </summary>
internal sealed class ForwardReader
{
    private readonly IReadOnlyDictionary<string, LayerShape> layers;
    private readonly Dictionary<ISymbol, Operand> variables = new(SymbolEqualityComparer.Default);
    private readonly List<RawStep> steps = [];

    private ForwardReader(IReadOnlyDictionary<string, LayerShape> layers) => this.layers = layers;

    /// <summary>The program, or the reasons why there is none.</summary>
    public static Result<ForwardProgram> Read(IOperation body, IParameterSymbol input, IReadOnlyDictionary<string, LayerShape> layers)
    {
        var reader = new ForwardReader(layers);
        reader.variables[input] = new Operand.Value(-1);
        try
        {
            var result = reader.ReadBlock(body);
            return ForwardShapes.Infer(reader.steps, result, layers);
        }
        catch (UnsupportedException unsupported)
        {
            return Result<ForwardProgram>.Failure(unsupported.Diagnostic);
        }
    }

    private int ReadBlock(IOperation body)
    {
        var statements = body is IBlockOperation block ? block.Operations.ToArray() : [body];
        foreach (var statement in statements)
        {
            if (statement is IReturnOperation { ReturnedValue: { } returned })
            {
                return Tensor(returned);
            }

            ReadStatement(statement);
        }

        throw Unsupported(body);
    }

    private void ReadStatement(IOperation statement)
    {
        switch (statement)
        {
            case IUsingDeclarationOperation declaration:
                ReadStatement(declaration.DeclarationGroup);
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
                {
                    variables[declarator.Symbol] = Read(declarator.GetVariableInitializer()?.Value ?? throw Unsupported(declarator));
                }

                break;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation assignment }:
                variables[Variable(assignment.Target)] = Read(assignment.Value);
                break;
            case IExpressionStatementOperation { Operation: ICompoundAssignmentOperation compound }:
                variables[Variable(compound.Target)] = Arithmetic(compound, compound.OperatorKind, compound.Target, compound.Value);
                break;
            default:
                throw Unsupported(statement);
        }
    }

    private static ISymbol Variable(IOperation target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => throw Unsupported(target),
    };

    private int Tensor(IOperation operation) => Read(operation) is Operand.Value value ? value.Step : throw Unsupported(operation);

    private Operand Read(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true, Value: IConvertible number } && number is not string && number is not bool)
        {
            return new Operand.Number(Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture));
        }

        return operation switch
        {
            IConversionOperation conversion => Read(conversion.Operand),
            IParenthesizedOperation parenthesized => Read(parenthesized.Operand),
            ILocalReferenceOperation local when variables.TryGetValue(local.Local, out var known) => known,
            IParameterReferenceOperation parameter when variables.TryGetValue(parameter.Parameter, out var known) => known,
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } minus => Negate(minus, Tensor(minus.Operand)),
            IBinaryOperation binary => Arithmetic(binary, binary.OperatorKind, binary.LeftOperand, binary.RightOperand),
            IArrayElementReferenceOperation element when IsBatchSize(element) => new Operand.Batch(),
            IInvocationOperation call => Call(call),
            _ => throw Unsupported(operation),
        };
    }

    private Operand Call(IInvocationOperation call)
    {
        if (call.TargetMethod.Name is "forward" or "call" && LayerOf(call.Instance) is { } layer)
        {
            return Add(new RawStep.Layer(layer, Tensor(call.Arguments[0].Value), call.Syntax));
        }

        if (call.TargetMethod is { Name: "NewDisposeScope" })
        {
            return new Operand.Scope();
        }

        if (call.TargetMethod is { Name: "size", ContainingType.Name: "Tensor" } && call.Arguments.Length == 1 && call.Arguments[0].Value.ConstantValue is { Value: 0 or 0L })
        {
            return new Operand.Batch();
        }

        if (KnownMethods.Find(call.TargetMethod) is not { } known || KnownMethods.Subject(call) is not { } subject)
        {
            throw Unsupported(call);
        }

        var rest = KnownMethods.Rest(call);
        return known switch
        {
            KnownMethod.Same => new Operand.Value(Tensor(subject)),
            KnownMethod.Negate => Negate(call, Tensor(subject)),
            KnownMethod.Activate activate => Activate(call, activate.Function, Tensor(subject), rest),
            KnownMethod.Combine combine when rest.Count == 1 => Arithmetic(call, combine.Operation, Read(subject), Read(rest[0].Value)),
            KnownMethod.Reshape => Add(new RawStep.Reshape(Tensor(subject), Dimensions(rest), call.Syntax)),
            KnownMethod.Flatten => Flatten(call, Tensor(subject), rest),
            _ => throw Unsupported(call),
        };
    }

    private string? LayerOf(IOperation? instance) =>
        instance is IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } property && layers.ContainsKey(property.Property.Name)
            ? property.Property.Name
            : null;

    private Operand Activate(IInvocationOperation call, Activation function, int argument, IReadOnlyList<IArgumentOperation> rest)
    {
        int? dimension = null;
        foreach (var option in rest)
        {
            var value = option.Value.ConstantValue;
            switch (option.Parameter?.Name)
            {
                case "dim" when value is { HasValue: true, Value: not null }:
                    dimension = Convert.ToInt32(value.Value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "inplace" when value is { HasValue: true, Value: false }:
                case "dtype" when value is { HasValue: true, Value: null } || option.ArgumentKind == ArgumentKind.DefaultValue:
                    break;
                case "approximate" when value is { HasValue: true }:
                    function = option.Value.Syntax.ToString().EndsWith("tanh", StringComparison.Ordinal) ? Activation.GeluTanh : Activation.Gelu;
                    break;
                default:
                    throw Unsupported(option);
            }
        }

        return Add(new RawStep.Activate(function, argument, dimension, call.Syntax));
    }

    private Operand Flatten(IInvocationOperation call, int argument, IReadOnlyList<IArgumentOperation> rest)
    {
        var bounds = rest.Select(option => option.Value.ConstantValue is { HasValue: true, Value: { } bound } ? Convert.ToInt64(bound, System.Globalization.CultureInfo.InvariantCulture) : 0).ToArray();
        return bounds.Length == 2 && bounds[0] == 1 && bounds[1] == -1
            ? Add(new RawStep.Reshape(argument, [RawStep.Reshape.Batch, -1], call.Syntax))
            : throw Unsupported(call);
    }

    /// <summary>The arguments of view and reshape: numbers, the batch size, one -1.</summary>
    private List<int> Dimensions(IReadOnlyList<IArgumentOperation> rest) =>
        rest.SelectMany(argument => Elements(argument.Value)).Select(element => Read(element) switch
        {
            Operand.Number number => (int)number.Amount,
            Operand.Batch => RawStep.Reshape.Batch,
            _ => throw Unsupported(element),
        }).ToList();

    private static IEnumerable<IOperation> Elements(IOperation value) => value switch
    {
        IConversionOperation conversion => Elements(conversion.Operand),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        _ => [value],
    };

    private Operand Negate(IOperation at, int argument) => Add(new RawStep.WithNumber(Forward.Arithmetic.Multiply, argument, -1, false, at.Syntax));

    private Operand Arithmetic(IOperation at, BinaryOperatorKind kind, IOperation left, IOperation right) => kind switch
    {
        BinaryOperatorKind.Add => Arithmetic(at, Forward.Arithmetic.Add, Read(left), Read(right)),
        BinaryOperatorKind.Subtract => Arithmetic(at, Forward.Arithmetic.Subtract, Read(left), Read(right)),
        BinaryOperatorKind.Multiply => Arithmetic(at, Forward.Arithmetic.Multiply, Read(left), Read(right)),
        _ => throw Unsupported(at),
    };

    private Operand Arithmetic(IOperation at, Arithmetic operation, Operand left, Operand right) => (left, right) switch
    {
        (Operand.Value a, Operand.Value b) => Add(new RawStep.Combine(operation, a.Step, b.Step, at.Syntax)),
        (Operand.Value a, Operand.Number c) => Add(new RawStep.WithNumber(operation, a.Step, c.Amount, false, at.Syntax)),
        (Operand.Number c, Operand.Value a) => Add(new RawStep.WithNumber(operation, a.Step, c.Amount, true, at.Syntax)),
        _ => throw Unsupported(at),
    };

    /// <summary><c>x.shape[0]</c>.</summary>
    private static bool IsBatchSize(IArrayElementReferenceOperation element) =>
        element.ArrayReference is IPropertyReferenceOperation { Property: { Name: "shape", ContainingType.Name: "Tensor" } }
        && element.Indices.Length == 1 && element.Indices[0].ConstantValue is { Value: 0 };

    private Operand.Value Add(RawStep step)
    {
        steps.Add(step);
        return new Operand.Value(steps.Count - 1);
    }

    private static UnsupportedException Unsupported(IOperation operation) => new(DiagnosticInfo.Create(
        ForwardDiagnostics.Unsupported, LocationInfo.From(operation.Syntax.GetLocation()), NameOf(operation)));

    private static string NameOf(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod.Name,
        IArgumentOperation { Parameter: { } parameter } => parameter.Name,
        _ => operation.Syntax.ToString() is var text && text.Length > 60 ? text.Substring(0, 57) + "…" : text,
    };

    /// <summary>What an expression stands for while the body is read.</summary>
    private abstract record Operand
    {
        public sealed record Value(int Step) : Operand;

        public sealed record Number(double Amount) : Operand;

        public sealed record Batch : Operand;

        public sealed record Scope : Operand;
    }

    /// <summary>Leaves the recursive descent at the first construct without a folded form; never leaves this class.</summary>
    private sealed class UnsupportedException : Exception
    {
        public UnsupportedException(DiagnosticInfo diagnostic) => Diagnostic = diagnostic;

        public DiagnosticInfo Diagnostic { get; }
    }
}
