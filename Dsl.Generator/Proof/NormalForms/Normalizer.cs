using System.Globalization;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>
/// Brings an expression into normal form: a sum of products over bound indices with exact coefficients. The laws it uses
/// hold for all real values and are noted by name, in the order of their first use.
/// </summary>
internal sealed class Normalizer
{
    private readonly Budget budget;
    private readonly CanonicalKey keys;
    private readonly List<string> laws = [];
    private int fresh;

    public Normalizer(Budget budget)
    {
        this.budget = budget;
        keys = new CanonicalKey(budget);
    }

    /// <summary>The names of the laws used so far.</summary>
    public IReadOnlyList<string> Laws => laws;

    public Polynomial Normalize(Expr expr)
    {
        budget.Spend(1);
        return expr switch
        {
            Literal literal => Polynomial.Number(literal.Value),
            SizeValue size => OfSize(size.Size),
            Access access => Single(new Atom.Entry(access.Tensor, access.At)),
            Ir.Inside inside => Single(new Atom.Inside(inside.At, inside.Size)),
            Named named => Normalize(named.Body),
            Surrogate surrogate => Normalize(surrogate.Value),
            Reduce { Reduction: Reduction.Sum } sum => Sum(sum),
            Reduce max => Largest(max),
            Map map => Map(map.Function, map.Arguments.Select(Normalize).ToArray()),
            _ => throw new ShapeException("An expression without a normal form: " + expr.GetType().Name),
        };
    }

    public string Key(Polynomial polynomial) => keys.Of(polynomial);

    public Polynomial Add(Polynomial a, Polynomial b) => Collect(a.Terms.Concat(b.Terms));

    public Polynomial Multiply(Polynomial a, Polynomial b)
    {
        if (a.Terms.Count > 1 || b.Terms.Count > 1)
        {
            Note("distributivity");
        }

        return Collect(from left in a.Terms from right in b.Terms select Multiply(left, right));
    }

    private Polynomial Map(Function function, Polynomial[] x) => function switch
    {
        Function.Add => Add(x[0], x[1]),
        Function.Subtract => Add(x[0], x[1].Scale(-1)),
        Function.Negate => x[0].Scale(-1),
        Function.Multiply => Multiply(x[0], x[1]),
        Function.Square => Multiply(x[0], x[0]),
        Function.Divide => Multiply(x[0], Inverse(x[1])),
        Function.Atan or Function.Tanh or Function.Tan or Function.Sin or Function.Sign or Function.Erf or Function.Atanh => Odd(function, x[0]),
        Function.Abs => Absolute(x[0]),
        _ => Single(new Atom.Call(function, x.ToEquatableArray())),
    };

    /// <summary>f(-x) = -f(x): the sign of the first term, in the order of keys, decides which of the two is kept.</summary>
    private Polynomial Odd(Function function, Polynomial x)
    {
        if (x.Terms.Count == 0)
        {
            return Polynomial.Zero;
        }

        var sign = LeadingSign(x);
        if (sign < 0)
        {
            Note("odd function: f(-x) = -f(x)");
        }

        return Single(new Atom.Call(function, [x.Scale(sign)])).Scale(sign);
    }

    /// <summary>|c·x| = |c|·|x| for the coefficient of a single term, |-x| = |x| for a sum.</summary>
    private Polynomial Absolute(Polynomial x)
    {
        if (x.Constant is { } number)
        {
            return Polynomial.Number(number.Sign < 0 ? -number : number);
        }

        var factor = x.Terms.Count == 1 ? x.Terms[0].Coefficient : LeadingSign(x);
        if (!factor.IsOne)
        {
            Note("homogeneity: |c·x| = |c|·|x|");
        }

        return Single(new Atom.Call(Function.Abs, [x.Scale(Rational.One / factor)])).Scale(factor.Sign < 0 ? -factor : factor);
    }

    private Rational LeadingSign(Polynomial x) =>
        x.Terms.OrderBy(keys.Of, StringComparer.Ordinal).First().Coefficient.Sign < 0 ? -1 : 1;

    /// <summary>1/(c·Π a^n) = (1/c)·Π a^-n; a sum becomes one factor of its own, made monic so that equal sums meet.</summary>
    private Polynomial Inverse(Polynomial x)
    {
        if (x.Terms.Count == 1 && x.Terms[0].Bound.Count == 0)
        {
            var term = x.Terms[0];
            return new([term with
            {
                Coefficient = Rational.One / term.Coefficient,
                Factors = term.Factors.Select(factor => factor with { Exponent = -factor.Exponent }).ToEquatableArray(),
            }]);
        }

        if (x.Terms.Count == 0)
        {
            return Single(new Atom.Call(Function.Divide, [Polynomial.Number(1), x]));
        }

        var leading = x.Terms.OrderBy(keys.Of, StringComparer.Ordinal).First().Coefficient;
        var whole = new Monomial(Rational.One / leading, [], [new Power(new Atom.Whole(x.Scale(Rational.One / leading)), -1)]);
        return new([whole]);
    }

    /// <summary>Σ over a sum is the sum of Σs; a term without the index counts once for each of its values.</summary>
    private Polynomial Sum(Reduce sum)
    {
        var index = Fresh(sum.Index);
        var body = Normalize(sum.Body.Reindex([sum.Index], [index]));
        if (body.Terms.Count > 1)
        {
            Note("linearity of sums");
        }

        var used = Collect(body.Terms.Where(term => term.Indices.Contains(index)).Select(term => term with { Bound = [.. term.Bound, index] }));
        var unused = new Polynomial(body.Terms.Where(term => !term.Indices.Contains(index)).ToEquatableArray());
        return unused.Terms.Count == 0 ? used : Add(used, Multiply(unused, OfSize(index.Size)));
    }

    private Polynomial Largest(Reduce max)
    {
        var index = Fresh(max.Index);
        return Single(new Atom.Largest(index, Normalize(max.Body.Reindex([max.Index], [index]))));
    }

    /// <summary>(Σ_i a)·(Σ_j b) = Σ_ij a·b, with the indices of one side renamed apart.</summary>
    private Monomial Multiply(Monomial a, Monomial b)
    {
        budget.Spend(1);
        if (b.Bound.Count > 0)
        {
            var names = b.Bound.ToDictionary(index => index, Fresh);
            b = b.Rename(index => names.TryGetValue(index, out var other) ? (AffineIndex)other : null) with { Bound = names.Values.ToEquatableArray() };
            Note(a.Factors.Count + a.Bound.Count > 0 ? "factors move into sums" : "associativity");
        }

        return new Monomial(a.Coefficient * b.Coefficient, [.. a.Bound, .. b.Bound], MergeFactors(a.Factors.Concat(b.Factors)));
    }

    private EquatableArray<Power> MergeFactors(IEnumerable<Power> factors)
    {
        var merged = new List<(string Key, Power Factor)>();
        foreach (var factor in factors)
        {
            var key = keys.Of(Monomial.Of(factor.Atom));
            var at = merged.FindIndex(other => other.Key == key);
            if (at < 0)
            {
                merged.Add((key, factor));
            }
            else
            {
                var exponent = merged[at].Factor.Exponent + factor.Exponent;
                merged[at] = (key, factor with { Exponent = factor.Atom.IsIdempotent && exponent > 1 ? 1 : exponent });
                Note(factor.Atom.IsIdempotent ? "0/1 masks: m·m = m" : "powers: x·x = x²");
            }
        }

        return merged.Select(pair => pair.Factor).Where(factor => factor.Exponent != 0).ToEquatableArray();
    }

    /// <summary>Like terms are added; which are alike is decided by their keys.</summary>
    private Polynomial Collect(IEnumerable<Monomial> terms)
    {
        var byKey = new SortedDictionary<string, Monomial>(StringComparer.Ordinal);
        foreach (var term in terms)
        {
            var key = keys.Of(term);
            if (byKey.TryGetValue(key, out var other))
            {
                byKey[key] = other with { Coefficient = other.Coefficient + term.Coefficient };
                Note("like terms");
            }
            else
            {
                byKey[key] = term;
            }
        }

        return new(byKey.Values.Where(term => !term.Coefficient.IsZero).ToEquatableArray());
    }

    private Polynomial OfSize(Size size) => Collect(size.Terms.Select(term =>
        new Monomial(term.Coefficient, [], MergeFactors(term.Symbols.Select(symbol => new Power(new Atom.Extent(symbol), 1))))));

    private static Polynomial Single(Atom atom) => new([Monomial.Of(atom)]);

    private Index Fresh(Index index) => new("·" + fresh++.ToString(CultureInfo.InvariantCulture), index.Size);

    private void Note(string law)
    {
        if (!laws.Contains(law))
        {
            laws.Add(law);
        }
    }
}
