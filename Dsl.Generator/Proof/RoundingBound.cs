using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Proof;

/// <summary>
/// A first-order bound on the float32 rounding error of an expression, |fl(e) - e| ≤ factor · u · magnitude with u = 2⁻²⁴,
/// by the usual running analysis (Higham, Accuracy and Stability of Numerical Algorithms, §3): magnitudes add where values
/// add or subtract, factors count the roundings on the way. It holds for every order of summation.
/// </summary>
/// <param name="Magnitude">Σ|terms|, over the same indices as the expression.</param>
/// <param name="Factor">How many roundings a term meets, at the declared sizes.</param>
internal sealed record RoundingBound(Expr Magnitude, Size Factor)
{
    /// <summary>Units in the last place that library functions may be wrong by; libm and SLEEF state 1 to 2 for these.</summary>
    private const long FunctionError = 2;

    /// <summary>Roundings from a code to a weight: a power, a difference, the product with the scale.</summary>
    private const long DecodingRoundings = 4;

    /// <summary>How many times larger than the matrix the product of its triangular factors is taken to be.</summary>
    private const long Growth = 8;

    private const string Shared = "computed alike in both forms";

    /// <param name="expr">The expression.</param>
    /// <param name="sizeOf">The declared sizes.</param>
    /// <param name="rounded">
    /// A part that both forms compute alike and round to a grid, where there is one: it carries no error over, but for its decoding.
    /// </param>
    public static RoundingBound Of(Expr expr, Func<Size, Size> sizeOf, Expr? rounded) => rounded is null
        ? Of(expr, sizeOf)
        : Of(expr.Replace(rounded, new Surrogate(Shared, rounded, 0)), sizeOf);

    public static RoundingBound Of(Expr expr, Func<Size, Size> sizeOf) => expr switch
    {
        Literal literal => new(literal.Value.Sign < 0 ? -literal.Value : literal.Value, IsDyadic(literal.Value) ? Size.Zero : Size.One),
        SizeValue => new(expr, Size.Zero),
        Access access => new(Name("abs_" + access.Tensor.Name, Abs(expr)), Size.Zero),
        Ir.Inside or Codebook => new(expr, Size.Zero),
        Named named => OfNamed(named, Of(named.Body, sizeOf)),
        Surrogate { Name: Shared } shared => new(Abs(shared.Value), DecodingRoundings),
        Surrogate surrogate => Of(surrogate.Value, sizeOf),
        Reduce { Reduction: Reduction.Sum } sum => OfSum(sum, sizeOf),
        Reduce max => Of(max.Body, sizeOf) is var body ? body with { Magnitude = MaxOver(max.Index, body.Magnitude) } : body,
        MatrixInverse inverse => OfInverse(inverse, Of(inverse.Body, sizeOf), sizeOf(inverse.Rows.Size)),
        Map map => OfMap(map, map.Arguments.Select(argument => Of(argument, sizeOf)).ToArray()),
        _ => throw new ShapeException("An expression without a rounding bound: " + expr.GetType().Name),
    };

    private static RoundingBound OfNamed(Named named, RoundingBound body) =>
        body with { Magnitude = body.Magnitude.Equals(named.Body) ? named : Name("abs_" + named.Name, body.Magnitude) };

    /// <summary>Sums directly inside of one another are one sum, in whatever order it is made.</summary>
    private static RoundingBound OfSum(Reduce sum, Func<Size, Size> sizeOf)
    {
        var indices = new List<Index> { sum.Index };
        var inner = sum.Body;
        for (; inner is Reduce { Reduction: Reduction.Sum } next; inner = next.Body)
        {
            indices.Add(next.Index);
        }

        var body = Of(inner, sizeOf);
        var magnitude = indices.AsEnumerable().Reverse().Aggregate(body.Magnitude, (all, index) => Sum(index, all));
        return new(magnitude, body.Factor + indices.Aggregate(Size.One, (terms, index) => terms * sizeOf(index.Size)));
    }

    /// <summary>
    /// d(M⁻¹) = -M⁻¹ dM M⁻¹ carries the error of the matrix over. Factoring it and two triangular solutions make n roundings each, on |L||U|, which with
    /// partial pivoting is a small multiple of |M| (Higham, §9.4 and §14.3).
    /// </summary>
    private static RoundingBound OfInverse(MatrixInverse inverse, RoundingBound body, Size size)
    {
        var (rows, columns) = (Apart(inverse.Rows), Apart(inverse.Columns));
        var matrix = body.Magnitude.Reindex([inverse.Rows, inverse.Columns], [rows, columns]);
        var right = Name("carried", Sum(columns, matrix * Abs(inverse.Read(columns, inverse.Column))));
        return new(Name("abs_inverse", Sum(rows, Abs(inverse.Read(inverse.Row, rows)) * right)), body.Factor + (3 * Growth * size));

        Index Apart(Index index)
        {
            while (inverse.FreeIndices.Any(free => free.Name == index.Name))
            {
                index = index with { Name = index.Name + "'" };
            }

            return index;
        }
    }

    private static RoundingBound OfMap(Map map, RoundingBound[] x) => map.Function switch
    {
        Function.Add or Function.Subtract or Function.Max or Function.Min =>
            new(x[0].Magnitude + x[1].Magnitude, Larger(x[0].Factor, x[1].Factor) + 1),
        Function.Multiply => new(x[0].Magnitude * x[1].Magnitude, x[0].Factor + x[1].Factor + 1),
        Function.Divide => new(Quotient(x[0].Magnitude, map.Arguments[1], x[1].Magnitude), x[0].Factor + x[1].Factor + 1),
        Function.Negate or Function.Abs => x[0],
        Function.Square => new(Square(x[0].Magnitude), (2 * x[0].Factor) + 1),
        Function.Greater or Function.GreaterOrEqual => new(map, 0), // 0 or 1
        Function.Sign or Function.Round or Function.Floor or Function.NearestLevel => new(Abs(map), 0),
        Function.LevelAt => new(Abs(map), 1), // The level as a float32.
        Function.Select => new(x[1].Magnitude + x[2].Magnitude, Larger(x[1].Factor, x[2].Factor)),

        // |t·f'(t)| ≤ |f(t)|: a relative error of t is at most the same relative error of f(t) ...
        Function.Sqrt when IsRelative(map.Arguments[0], x[0]) => new(map, x[0].Factor + FunctionError),
        Function.Atan or Function.Tanh when IsRelative(map.Arguments[0], x[0]) => new(Abs(map), x[0].Factor + FunctionError),

        // ... and |f'| ≤ 1: an absolute error of t is at most the same absolute error of f(t).
        Function.Atan or Function.Tanh or Function.Sin => new(x[0].Magnitude, x[0].Factor + FunctionError),

        // Elsewhere |f'(t)|·|error of t| joins the magnitude.
        Function.Exp2 => new(x[0].Factor.IsZero ? map : map * (1 + x[0].Magnitude), x[0].Factor + FunctionError),
        Function.Exp => new(x[0].Factor.IsZero ? map : map * (1 + x[0].Magnitude), x[0].Factor + FunctionError),
        Function.Log2 => new(Abs(map) + (2 * Quotient(x[0].Magnitude, map.Arguments[0], map.Arguments[0])), x[0].Factor + FunctionError), // 1 / ln 2 < 2
        Function.Erf => new(2 * x[0].Magnitude, x[0].Factor + FunctionError), // |erf'| < 2
        Function.Cos => new(1 + x[0].Magnitude, x[0].Factor + FunctionError),
        Function.Tan => new(Abs(map) + ((1 + Square(map)) * x[0].Magnitude), x[0].Factor + FunctionError),
        Function.Atanh => new(Abs(map) + (x[0].Magnitude / (1 - Square(map.Arguments[0]))), x[0].Factor + FunctionError),
        Function.Sqrt => new(Abs(map) + (x[0].Magnitude / Max(Abs(map), Number(1e-30))), x[0].Factor + FunctionError),
        Function.Log => new(Abs(map) + Quotient(x[0].Magnitude, map.Arguments[0], map.Arguments[0]), x[0].Factor + FunctionError),
        _ => throw new ShapeException("A function without a rounding bound: " + map.Function),
    };

    /// <summary>a/b for a denominator b with magnitude m: its relative error is m/|b| as large as that of its terms.</summary>
    private static Expr Quotient(Expr numerator, Expr b, Expr m) =>
        numerator.Equals(b) && m.Equals(b) ? 1 : m.Equals(b) ? numerator / b : m.Equals(Abs(b)) ? numerator / Abs(b) : numerator * m / Square(b);

    /// <summary>Whether the error is relative to the value itself, because nothing was added on the way.</summary>
    private static bool IsRelative(Expr argument, RoundingBound bound) => argument switch
    {
        Named named => IsRelative(named.Body, bound),
        Access or Literal => true,
        Map { Function: Function.Add } sum when sum.Arguments.All(IsPositive) => true, // nothing cancels
        Map { Function: Function.Multiply or Function.Divide } map => map.Arguments.All(part => IsRelative(part, bound)),
        Map { Function: Function.Abs or Function.Negate } map => IsRelative(map.Arguments[0], bound),
        Map { Function: Function.Exp or Function.Exp2 } map => map.Arguments[0] is Access, // only an exact argument: its error would be absolute
        _ => false,
    };

    private static bool IsPositive(Expr expr) => expr is Literal { Value.Sign: > 0 } or Access { Tensor.Domain: Domain.Positive };

    /// <summary>The larger one, or, where that depends on the sizes, the sum, which is no smaller.</summary>
    public static Size Larger(Size a, Size b) => SizeFacts.IsNonNegative(a - b) ? a : SizeFacts.IsNonNegative(b - a) ? b : a + b;

    private static bool IsDyadic(Rational value) => value.Denominator.IsPowerOfTwo;
}
