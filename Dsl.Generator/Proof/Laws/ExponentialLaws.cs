using System.Collections.Immutable;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Laws;

/// <summary>Exponentials turn sums into products; logarithms of what is known to be positive turn them back.</summary>
internal static class ExponentialLaws
{
    public static IReadOnlyList<Law> Exp { get; } =
    [
        new("exp(0) = 1", LawTable.Always, (_, x) => x[0].IsZero ? Polynomial.One : null),
        new("exp(x + y) = exp(x)·exp(y)", LawTable.Always, (algebra, x) => x[0].Terms.Length > 1 ? Split(algebra, x[0]) : null),
        new("exp(c·ln x) = x^c", "x > 0, or ln x would not exist", PowerOfLog),
        new("exp(c·x) = exp(x)^c", LawTable.Always, (algebra, x) => x[0].Terms[0].Coefficient.IsOne ? null : Split(algebra, x[0])),
    ];

    public static IReadOnlyList<Law> Exp2 { get; } =
    [
        new("exp2(x) = exp(x·ln 2)", LawTable.Always, (algebra, x) => algebra.Apply(Function.Exp, [algebra.Multiply(x[0], LogOf2(algebra))])),
    ];

    public static IReadOnlyList<Law> Log { get; } =
    [
        new("ln(1) = 0", LawTable.Always, (_, x) => x[0].Constant is { IsOne: true } ? Polynomial.Zero : null),
        new("ln of a fraction = Σ ln of its primes", "a positive number", LogOfNumber),
        new("ln(p·x) = ln(p) + ln(x)", "p > 0", LogOfProduct),
        new("ln(exp(x)) = x", LawTable.Always, LogOfExp),
    ];

    public static IReadOnlyList<Law> Log2 { get; } =
    [
        new("log2(x) = ln(x) / ln(2)", LawTable.Always, (algebra, x) => algebra.Divide(algebra.Apply(Function.Log, x), LogOf2(algebra))),
    ];

    private static Polynomial LogOf2(Algebra algebra) => algebra.Apply(Function.Log, [Polynomial.Of(2)]);

    private static Polynomial Split(Algebra algebra, Polynomial x) => x.Terms.Aggregate(Polynomial.One, (product, term) =>
        algebra.Multiply(product, algebra.Power(algebra.Apply(Function.Exp, [Polynomial.Of(term.Product)]), term.Coefficient)));

    private static Polynomial? PowerOfLog(Algebra algebra, ImmutableArray<Polynomial> x)
    {
        var term = x[0].Terms[0];
        if (!term.Product.Bound.IsEmpty || term.Product.Factors.Length != 1
            || term.Product.Factors[0] is not { Power.IsOne: true, Atom: FunctionAtom { Function: Function.Log } log })
        {
            return null;
        }

        if (SignFacts.Of(log.Arguments[0]) != SignFact.Positive)
        {
            algebra.Steps.Assume(Algebra.LogarithmsExist);
        }

        return algebra.Power(log.Arguments[0], term.Coefficient);
    }

    private static Polynomial? LogOfNumber(Algebra algebra, ImmutableArray<Polynomial> x)
    {
        if (x[0].Constant is not { Sign: > 0 } number)
        {
            return null;
        }

        var primes = Algebra.Primes(number).ToArray();
        return primes.Length == 1 && primes[0].Exponent.IsOne
            ? null
            : primes.Aggregate(Polynomial.Zero, (sum, prime) => sum + (algebra.Apply(Function.Log, [Polynomial.Of(new Rational(prime.Prime, 1))]) * prime.Exponent));
    }

    private static Polynomial? LogOfProduct(Algebra algebra, ImmutableArray<Polynomial> x)
    {
        var (common, rest) = algebra.FactorOut([x[0]], factor => SignFacts.IsPositive(factor.Atom));
        var (scale, monic) = Algebra.Monic(rest[0], keepSign: true);
        var isSplit = common.Length + (scale.IsOne ? 0 : 1) + (monic.Constant is { IsOne: true } ? 0 : 1) > 1 || common.Any(factor => !factor.Power.IsOne);
        if (!isSplit)
        {
            return null;
        }

        if (SignFacts.Of(monic) != SignFact.Positive)
        {
            algebra.Steps.Assume(Algebra.LogarithmsExist);
        }

        return common.Aggregate(LogOf(algebra, Polynomial.Of(scale)) + LogOf(algebra, monic), (sum, factor) =>
            sum + (LogOf(algebra, Polynomial.Of(factor.Atom)) * factor.Power));
    }

    private static Polynomial LogOf(Algebra algebra, Polynomial x) => algebra.Apply(Function.Log, [x]);

    private static Polynomial? LogOfExp(Algebra algebra, ImmutableArray<Polynomial> x) =>
        x[0].Terms.Length == 1 && x[0].Terms[0] is { Coefficient.IsOne: true, Product: { Bound.IsEmpty: true, Factors.Length: 1 } product }
        && product.Factors[0] is { Power.IsOne: true, Atom: FunctionAtom { Function: Function.Exp } exp }
            ? exp.Arguments[0]
            : null;
}
