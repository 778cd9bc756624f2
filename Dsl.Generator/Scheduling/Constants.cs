using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Functions of numbers that are known at compile time are numbers too, to double precision.</summary>
internal static class Constants
{
    public static Pointwise Apply(Function function, EquatableArray<Pointwise> arguments)
    {
        var numbers = arguments.OfType<Pointwise.Number>().Select(number => number.Exact.ToDouble()).ToArray();
        var value = numbers.Length < arguments.Count ? null : numbers.Length == 1 ? Evaluate(function, numbers[0]) : Evaluate(function, numbers);
        return value is { } known && !double.IsNaN(known) && !double.IsInfinity(known)
            ? new Pointwise.Number(Rational.FromDouble(known))
            : new Pointwise.Apply(function, arguments);
    }

    /// <summary>Whether an expression reads no tensor, and so is a number.</summary>
    public static bool IsConstant(Expr expr) => expr switch
    {
        Literal => true,
        Map map => map.Arguments.All(IsConstant),
        Named named => IsConstant(named.Body),
        Surrogate surrogate => IsConstant(surrogate.Value),
        _ => false,
    };

    private static double? Evaluate(Function function, double[] x) => function switch
    {
        Function.Add => x[0] + x[1],
        Function.Subtract => x[0] - x[1],
        Function.Multiply => x[0] * x[1],
        Function.Divide => x[0] / x[1],
        Function.Max => Math.Max(x[0], x[1]),
        Function.Min => Math.Min(x[0], x[1]),
        _ => null,
    };

    private static double? Evaluate(Function function, double x) => function switch
    {
        Function.Negate => -x,
        Function.Abs => Math.Abs(x),
        Function.Sign => double.IsNaN(x) ? null : Math.Sign(x),
        Function.Square => x * x,
        Function.Sqrt => Math.Sqrt(x),
        Function.Exp => Math.Exp(x),
        Function.Exp2 => Math.Pow(2, x),
        Function.Log => Math.Log(x),
        Function.Log2 => Math.Log(x, 2),
        Function.Sin => Math.Sin(x),
        Function.Cos => Math.Cos(x),
        Function.Tan => Math.Tan(x),
        Function.Atan => Math.Atan(x),
        Function.Tanh => Math.Tanh(x),
        _ => null,
    };
}
