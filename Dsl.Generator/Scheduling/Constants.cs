using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Functions of numbers that are known at compile time are numbers too, to double precision.</summary>
internal static class Constants
{
    public static Pointwise Apply(Function function, EquatableArray<Pointwise> arguments) =>
        arguments.Count == 1 && arguments[0] is Pointwise.Number number && Evaluate(function, number.Exact.ToDouble()) is { } value
        && !double.IsNaN(value) && !double.IsInfinity(value)
            ? new Pointwise.Number(Rational.FromDouble(value))
            : new Pointwise.Apply(function, arguments);

    private static double? Evaluate(Function function, double x) => function switch
    {
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
