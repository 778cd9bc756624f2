using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Gradients;

/// <summary>
/// The table of partial derivatives: for each pointwise function, ∂f/∂x_k at the arguments. Where a function has a kink or
/// a jump, the value is the one that the frameworks use: 0 for sign, round and floor; |0|' = 0; max and min give a tie to
/// the first argument.
/// </summary>
internal static class Derivatives
{
    /// <summary>2/√π, correctly rounded to double.</summary>
    private static readonly Expr TwoOverRootPi = Number(1.1283791670955126);

    private static readonly Expr Ln2 = Number(0.6931471805599453);

    /// <summary>The derivative with respect to argument <paramref name="k"/>; <paramref name="value"/> is f at the arguments.</summary>
    public static Expr Of(Function function, IReadOnlyList<Expr> x, int k, Expr value) => function switch
    {
        Function.Add => 1,
        Function.Subtract => k == 0 ? 1 : -1,
        Function.Multiply => x[1 - k],
        Function.Divide => k == 0 ? 1 / x[1] : -(value / x[1]),
        Function.Negate => -1,
        Function.Square => 2 * x[0],
        Function.Sqrt => 1 / (2 * value),
        Function.Exp => value,
        Function.Exp2 => Ln2 * value,
        Function.Log => 1 / x[0],
        Function.Log2 => 1 / (Ln2 * x[0]),
        Function.Sin => Cos(x[0]),
        Function.Cos => -Sin(x[0]),
        Function.Tan => 1 + Square(value),
        Function.Atan => 1 / (1 + Square(x[0])),
        Function.Tanh => 1 - Square(value),
        Function.Atanh => 1 / (1 - Square(x[0])),
        Function.Erf => TwoOverRootPi * Exp(-Square(x[0])),
        Function.Abs => Sign(x[0]),
        Function.Sign or Function.Round or Function.Floor or Function.Greater or Function.GreaterOrEqual or Function.NearestLevel or Function.LevelAt => 0,
        Function.Max => k == 0 ? GreaterOrEqual(x[0], x[1]) : Greater(x[1], x[0]),
        Function.Min => k == 0 ? GreaterOrEqual(x[1], x[0]) : Greater(x[0], x[1]),
        Function.Select => k switch { 0 => 0, 1 => Select(x[0], 1, 0), _ => Select(x[0], 0, 1) },
        _ => throw new ShapeException("A function without a derivative: " + function),
    };
}
