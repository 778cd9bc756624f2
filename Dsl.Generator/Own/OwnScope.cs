using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Own;

/// <summary>What a body means where it is applied: the weight's shape, the parameters as matrices, the numbers.</summary>
internal sealed class OwnScope
{
    private readonly IReadOnlyDictionary<string, Matrix> parameters;

    public OwnScope(WeightShape shape, IReadOnlyDictionary<string, Matrix> parameters, IEnumerable<string> takenIndices)
    {
        Shape = shape;
        this.parameters = parameters;
        Algebra = new MatrixAlgebra(takenIndices);
    }

    public WeightShape Shape { get; }

    public MatrixAlgebra Algebra { get; }

    /// <summary>The results of a body. What does not fit is told with the number of the step.</summary>
    /// <param name="body">The operations.</param>
    /// <param name="given">The first argument, where the body has one that is no parameter of <c>Map</c>.</param>
    /// <exception cref="StepException">A step does not fit.</exception>
    public Matrix[] Evaluate(OwnBody body, Matrix? given = null)
    {
        var values = new List<Matrix>();
        foreach (var step in body.Steps)
        {
            try
            {
                var value = Value(step, step.Operands.Select(operand => values[operand]).ToArray(), given);
                values.Add(Bounded(value));
            }
            catch (Exception exception) when (exception is MatrixException or ShapeException or OverflowException)
            {
                throw new StepException(values.Count, exception is OverflowException ? "a size is too large" : exception.Message.TrimEnd('.'));
            }
        }

        return body.Results.Select(result => values[result]).ToArray();
    }

    private Matrix Value(OwnStep step, Matrix[] operands, Matrix? given) => step.Operator switch
    {
        OwnSteps.Number => Matrix.Of(step.Number),
        OwnSteps.Parameter => parameters[step.Text],
        OwnSteps.Given => given!,
        OwnSteps.Choose => operands[0].Number is { } condition ? operands[condition != 0 ? 1 : 2] : throw new MatrixException("the condition is no number that is known when the layer is declared"),
        OwnSteps.Named => operands[0].Number is null && operands[0].Expr is not (Access or Literal or Named) && OwnNames.IsUsable(step.Text) ? operands[0].With(Operators.Name(step.Text, operands[0].Expr)) : operands[0],
        _ => Apply(OwnFunctions.Find(step.Operator)!, operands),
    };

    private Matrix Apply(OwnFunction function, Matrix[] operands)
    {
        if (function.OfNumbers is not { } ofNumbers || !operands.All(operand => operand.Number is not null))
        {
            return function.Apply(this, operands);
        }

        var number = ofNumbers(operands.Select(operand => operand.Number!.Value).ToArray());
        return double.IsNaN(number) || double.IsInfinity(number) ? throw new MatrixException("the number is not finite") : Matrix.Of(number);
    }

    private static Matrix Bounded(Matrix value) =>
        value.Expr.Depth > OwnLimits.DeepestFormula ? throw new MatrixException($"functions are nested more than {OwnLimits.DeepestFormula} deep, which the proof does not look at; split the method in two, each with its own [Reparam]")
        : value.Expr.Length > OwnLimits.LongestFormula ? throw new MatrixException($"written out, the formula has more than {OwnLimits.LongestFormula} parts, as values are used again and again; simplify it")
        : value;
}

/// <summary>A step that does not fit, and why.</summary>
internal sealed class StepException(int step, string message) : Exception(message)
{
    public int Step { get; } = step;
}

/// <summary>The operators of steps beside the functions.</summary>
internal static class OwnSteps
{
    public const string Number = "#";
    public const string Parameter = "@";
    public const string Given = "^";
    public const string Named = "=";
    public const string Choose = "?";

    /// <summary>How many operands a step takes, or null where there is no such operator.</summary>
    public static int? Arity(string name) => name switch
    {
        Number or Parameter or Given => 0,
        Named => 1,
        Choose => 3,
        _ => OwnFunctions.Find(name)?.Arity,
    };
}
