using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Laws;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Exact rational arithmetic: confirms a counterexample beyond rounding where no function leaves the rational numbers.</summary>
internal sealed class ExactArithmetic : Arithmetic<Rational>
{
    public override Rational Number(Rational value) => value;

    public override Rational Add(Rational a, Rational b) => a + b;

    public override Rational Multiply(Rational a, Rational b) => a * b;

    public override Rational Largest(IReadOnlyList<Rational> values) => values.Aggregate(Max);

    public override Rational Nearest(Codebook levels, Rational x) => levels.Nearest(x);

    public override Rational At(Codebook levels, Rational number) => levels.At(number);

    public override double Pivot(Rational x) => x.IsZero ? -1 : 1;

    public override Rational Apply(Function function, Rational[] x) => function switch
    {
        Function.Divide => x[1].IsZero ? throw new UndefinedValueException("division by zero", isCertain: true) : x[0] / x[1],
        Function.Abs => x[0].Sign < 0 ? -x[0] : x[0],
        Function.Sign => x[0].Sign,
        Function.Round => RoundingLaws.HalfEven(x[0]),
        Function.Floor => RoundingLaws.FloorOf(x[0]),
        Function.Max => Max(x[0], x[1]),
        Function.Min => -Max(-x[0], -x[1]),
        Function.GreaterOrEqual => x[0] >= x[1] ? 1 : 0,
        Function.Greater => x[0] >= x[1] && x[0] != x[1] ? 1 : 0,
        Function.Select => x[0].IsZero ? x[2] : x[1],
        _ => throw new UndefinedValueException(function + " of a rational number is none"),
    };

    private static Rational Max(Rational a, Rational b) => a >= b ? a : b;
}
