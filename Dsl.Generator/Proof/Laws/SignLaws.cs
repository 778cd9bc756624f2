using System.Collections.Immutable;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Laws;

/// <summary>|·| and sign are multiplicative; odd functions pass a sign on, even ones drop it.</summary>
internal static class SignLaws
{
    public static IReadOnlyList<Law> Abs { get; } =
    [
        new("|x| = x", "x ≥ 0", (_, x) => SignFacts.IsNonNegative(x[0]) ? x[0] : null),
        new("|x| = -x", "x ≤ 0", (_, x) => SignFacts.IsNonNegative(x[0] * -1) ? x[0] * -1 : null),
        new("|x·y| = |x|·|y|", LawTable.Always, AbsOfProduct),
        new("|x| = max(x, -x)", "only where the first attempt failed", (algebra, x) =>
            algebra.AbsAsMax ? algebra.Apply(Function.Max, [x[0], x[0] * -1]) : null),
    ];

    public static IReadOnlyList<Law> Sign { get; } =
    [
        new("sign(0) = 0", LawTable.Always, (_, x) => x[0].IsZero ? Polynomial.Zero : null),
        new("sign(x) = 1", "x > 0", (_, x) => SignFacts.Of(x[0]) == SignFact.Positive ? Polynomial.One : null),
        new("sign(x) = -1", "x < 0", (_, x) => SignFacts.Of(x[0] * -1) == SignFact.Positive ? Polynomial.Of(-1) : null),
        new("sign(x·y) = sign(x)·sign(y)", LawTable.Always, SignOfProduct),
    ];

    public static IReadOnlyList<Law> Cos { get; } =
    [
        new("cos(0) = 1", LawTable.Always, (_, x) => x[0].IsZero ? Polynomial.One : null),
        new("cos(-x) = cos(x)", LawTable.Always, (algebra, x) => x[0].Terms[0].Coefficient.Sign < 0 ? algebra.Apply(Function.Cos, [x[0] * -1]) : null),
    ];

    /// <summary>f(0) = 0 and f(-x) = -f(x); the first term of an argument gets a positive coefficient.</summary>
    public static IReadOnlyList<Law> OddFunctions(Function function) =>
    [
        new("f(0) = 0 for odd f", LawTable.Always, (_, x) => x[0].IsZero ? Polynomial.Zero : null),
        new("f(-x) = -f(x) for odd f", LawTable.Always, (algebra, x) => x[0].Terms[0].Coefficient.Sign < 0 ? algebra.Apply(function, [x[0] * -1]) * -1 : null),
    ];

    private static Polynomial? AbsOfProduct(Algebra algebra, ImmutableArray<Polynomial> x) =>
        Multiplicative(algebra, Function.Abs, x[0], scale => scale.Sign < 0 ? -scale : scale);

    private static Polynomial? SignOfProduct(Algebra algebra, ImmutableArray<Polynomial> x) =>
        Multiplicative(algebra, Function.Sign, x[0], scale => scale.Sign);

    private static Polynomial? Multiplicative(Algebra algebra, Function function, Polynomial x, Func<Rational, Rational> ofNumber)
    {
        var (common, rest) = algebra.FactorOut([x], factor => factor.Power.IsInteger || SignFacts.IsPositive(factor.Atom));
        var (scale, monic) = Algebra.Monic(rest[0], keepSign: false);
        var isOne = monic.Constant is { IsOne: true };
        var isSplit = !scale.IsOne || common.Length + (isOne ? 0 : 1) > 1 || common.Any(factor => !factor.Power.IsOne);
        if (!isSplit)
        {
            return null;
        }

        var start = (isOne ? Polynomial.One : algebra.Apply(function, [monic])) * ofNumber(scale);
        return common.Aggregate(start, (product, factor) => algebra.Multiply(product, Part(algebra, function, factor)));
    }

    /// <summary>|x^k| = |x|^k; sign(x^k) = sign(x)^|k|, and 1 where x is positive.</summary>
    private static Polynomial Part(Algebra algebra, Function function, Factor factor)
    {
        var part = algebra.Apply(function, [Polynomial.Of(factor.Atom)]);
        return algebra.Power(part, function == Function.Sign && factor.Power.Sign < 0 ? -factor.Power : factor.Power);
    }
}
