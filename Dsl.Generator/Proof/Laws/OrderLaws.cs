using System.Collections.Immutable;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Laws;

/// <summary>Maxima of any number of values, comparisons by the sign of a difference, selection as a mixture.</summary>
internal static class OrderLaws
{
    public static IReadOnlyList<Law> Max { get; } =
    [
        new("max is associative, commutative, idempotent; max(c + p·x, c + p·y) = c + p·max(x, y), p > 0", "p > 0", (algebra, x) => MaxOf(algebra, x)),
    ];

    public static IReadOnlyList<Law> Min { get; } =
    [
        new("min(x, y) = -max(-x, -y)", LawTable.Always, (algebra, x) => algebra.Apply(Function.Max, [x[0] * -1, x[1] * -1]) * -1),
    ];

    public static IReadOnlyList<Law> GreaterOrEqual { get; } =
    [
        new("[x ≥ y] = 1", "x - y ≥ 0", (_, x) => SignFacts.IsNonNegative(x[0] - x[1]) ? Polynomial.One : null),
        new("[x ≥ y] = 0", "y - x > 0", (_, x) => SignFacts.Of(x[1] - x[0]) == SignFact.Positive ? Polynomial.Zero : null),
        new("[x ≥ y] = [p·(x - y) ≥ 0]", "p > 0", Difference),
    ];

    public static IReadOnlyList<Law> Greater { get; } =
    [
        new("[x > y] = 1 - [y ≥ x]", LawTable.Always, (algebra, x) => Polynomial.One - algebra.Apply(Function.GreaterOrEqual, [x[1], x[0]])),
    ];

    public static IReadOnlyList<Law> Select { get; } =
    [
        new("select(c, x, x) = x", LawTable.Always, (_, x) => x[1].Key == x[2].Key ? x[1] : null),
        new("select(c, x, y) = x for a number c ≠ 0, y for c = 0", LawTable.Always, (_, x) => x[0].Constant is { } number ? (number.IsZero ? x[2] : x[1]) : null),
        new("select(c, x, y) = c·x + (1 - c)·y", "c is 0 or 1", (algebra, x) => IsBinary(x[0])
            ? algebra.Multiply(x[0], x[1]) + algebra.Multiply(Polynomial.One - x[0], x[2])
            : null),
    ];

    /// <summary>A product of values 0 and 1, or one minus it.</summary>
    private static bool IsBinary(Polynomial x) => IsBinaryProduct(x) || IsBinaryProduct(Polynomial.One - x);

    private static bool IsBinaryProduct(Polynomial x) => x.Terms.Length == 1 && x.Terms[0] is { Coefficient.IsOne: true, Product.Bound.IsEmpty: true } term
        && term.Product.Factors.All(factor => factor.Power.IsOne && SignFacts.IsBinary(factor.Atom));

    private static Polynomial? Difference(Algebra algebra, ImmutableArray<Polynomial> x)
    {
        var (common, rest) = algebra.FactorOut([x[0] - x[1]], factor => SignFacts.IsPositive(factor.Atom));
        var (scale, monic) = Algebra.Monic(rest[0], keepSign: true);
        return x[1].IsZero && common.IsEmpty && scale.IsOne ? null : algebra.Apply(Function.GreaterOrEqual, [monic, Polynomial.Zero]);
    }

    /// <summary>max = base + scale · max(differences to the base); of all bases the one with the smallest text.</summary>
    private static Polynomial MaxOf(Algebra algebra, ImmutableArray<Polynomial> x)
    {
        var values = Largest(x.SelectMany(value => Flatten(algebra, value)).ToList());
        if (values.Count == 1)
        {
            return values[0];
        }

        var (scale, start, differences) = values
            .Select(start => (Scaled: Scale(algebra, values.Select(value => value - start).ToImmutableArray()), start))
            .Select(choice => (choice.Scaled.Scale, choice.start, choice.Scaled.Values))
            .OrderBy(choice => string.Join(";", choice.Values.Select(value => value.Key)), StringComparer.Ordinal)
            .First();
        return start + algebra.Multiply(scale, Polynomial.Of(new FunctionAtom(Function.Max, differences)));
    }

    private static (Polynomial Scale, ImmutableArray<Polynomial> Values) Scale(Algebra algebra, ImmutableArray<Polynomial> values)
    {
        var (common, rest) = algebra.FactorOut(values, factor => SignFacts.IsPositive(factor.Atom));
        var number = rest.SelectMany(value => value.Terms).OrderBy(term => term.Product.Key, StringComparer.Ordinal).First().Coefficient;
        number = number.Sign < 0 ? -number : number;
        var scale = common.Aggregate(Polynomial.Of(number), (product, factor) => algebra.Multiply(product, Polynomial.Of(factor.Atom, factor.Power)));
        return (scale, rest.Select(value => value * (1 / number)).OrderBy(value => value.Key, StringComparer.Ordinal).ToImmutableArray());
    }

    /// <summary>max(c + p·max(x, y), z) = max(c + p·x, c + p·y, z) for a number p &gt; 0.</summary>
    private static IEnumerable<Polynomial> Flatten(Algebra algebra, Polynomial value)
    {
        foreach (var term in value.Terms)
        {
            if (term.Coefficient.Sign > 0 && InnerMax(term.Product) is { } inner)
            {
                var rest = value - (Polynomial.Of(term.Product) * term.Coefficient);
                var scale = Polynomial.Of(new Product([], term.Product.Factors.Where(factor => factor.Atom != inner).ToImmutableArray())) * term.Coefficient;
                return inner.Arguments.SelectMany(argument => Flatten(algebra, rest + algebra.Multiply(argument, scale)));
            }
        }

        return [value];
    }

    private static FunctionAtom? InnerMax(Product product) =>
        product.Bound.IsEmpty
        && product.Factors.FirstOrDefault(factor => factor is { Power.IsOne: true, Atom: FunctionAtom { Function: Function.Max } }).Atom is FunctionAtom max
        && product.Factors.All(factor => factor.Atom == max || SignFacts.IsPositive(factor.Atom))
            ? max
            : null;

    /// <summary>Without values that another one is known to reach.</summary>
    private static List<Polynomial> Largest(List<Polynomial> values)
    {
        var kept = new List<Polynomial>();
        foreach (var value in values)
        {
            if (!kept.Any(other => SignFacts.IsNonNegative(other - value)))
            {
                kept.RemoveAll(other => SignFacts.IsNonNegative(value - other));
                kept.Add(value);
            }
        }

        return kept;
    }
}
