using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Laws;

/// <summary>Rounding leaves grid points alone. Round goes to the nearest even integer at ties, so only even shifts pass through it.</summary>
internal static class RoundingLaws
{
    public static IReadOnlyList<Law> Round { get; } =
    [
        new("round(n) = n", "n an integer", (_, x) => SignFacts.IsInteger(x[0]) ? x[0] : null),
        new("round of a number", LawTable.Always, (_, x) => x[0].Constant is { } number ? Polynomial.Of(HalfEven(number)) : null),
        new("round(x + 2n) = round(x) + 2n", "n an integer", (algebra, x) => Shift(algebra, Function.Round, x[0], 2)),
        new("round(-x) = -round(x)", LawTable.Always, (algebra, x) => x[0].Terms[0].Coefficient.Sign < 0 ? algebra.Apply(Function.Round, [x[0] * -1]) * -1 : null),
    ];

    public static IReadOnlyList<Law> Floor { get; } =
    [
        new("floor(n) = n", "n an integer", (_, x) => SignFacts.IsInteger(x[0]) ? x[0] : null),
        new("floor of a number", LawTable.Always, (_, x) => x[0].Constant is { } number ? Polynomial.Of(FloorOf(number)) : null),
        new("floor(x + n) = floor(x) + n", "n an integer", (algebra, x) => Shift(algebra, Function.Floor, x[0], 1)),
    ];

    public static Rational FloorOf(Rational x)
    {
        var quotient = System.Numerics.BigInteger.DivRem(x.Numerator, x.Denominator, out var remainder);
        return new Rational(remainder.Sign < 0 ? quotient - 1 : quotient, 1);
    }

    public static Rational HalfEven(Rational x)
    {
        var half = new Rational(1, 2);
        var up = FloorOf(x + half);
        return up - x == half && !up.Numerator.IsEven ? up - 1 : up;
    }

    private static Polynomial? Shift(Algebra algebra, Function function, Polynomial x, int step)
    {
        var whole = Polynomial.Collect(x.Terms.Where(term => SignFacts.IsInteger(Polynomial.Of(term.Product) * (term.Coefficient / step))));
        return whole.IsZero ? null : whole + algebra.Apply(function, [x - whole]);
    }
}
