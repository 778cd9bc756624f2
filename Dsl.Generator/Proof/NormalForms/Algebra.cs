using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>Sums, products and powers of normal forms. Every operation returns a normal form again.</summary>
internal sealed partial class Algebra
{
    /// <summary>Rewritings inside rewritings inside …: beyond that they go round in circles.</summary>
    private const int DeepestRebuild = 100;

    /// <summary>Forms are told apart by keys as long as they are: few operations on long ones would take minutes.</summary>
    private const int AtomsPerStep = 8;

    private int fresh;
    private int rebuilding;

    public Algebra(Steps steps) => Steps = steps;

    public Steps Steps { get; }

    /// <summary>Whether |x| is written as a maximum: some identities need it, others need it not.</summary>
    public bool AbsAsMax { get; init; }

    /// <summary>Multiplies out: the product of sums is the sum of the products.</summary>
    public Polynomial Multiply(Polynomial a, Polynomial b)
    {
        if (a.Constant is { } left)
        {
            return b * left;
        }

        if (b.Constant is { } right)
        {
            return a * right;
        }

        if (a.Terms.Length > 1 || b.Terms.Length > 1)
        {
            Steps.Use("products distribute over sums");
        }

        var sum = new List<Term>();
        foreach (var x in a.Terms)
        {
            foreach (var y in b.Terms)
            {
                sum.AddRange((Multiply(x.Product, y.Product) * (x.Coefficient * y.Coefficient)).Terms);
            }
        }

        return Polynomial.Collect(sum);
    }

    public Polynomial SumOver(Index over, Polynomial body)
    {
        if (body.Terms.Length > 1)
        {
            Steps.Use("a sum of sums splits into its terms");
        }

        return Polynomial.Collect(body.Terms.SelectMany(term =>
        {
            var own = Apart(term.Product, ImmutableHashSet.Create(over));
            return (Make(own.Bound.Add(over), own.Factors) * term.Coefficient).Terms;
        }));
    }

    public Polynomial Reindex(Product product, Func<Index, AffineIndex?> place)
    {
        var own = Opened(product);
        return Make(own.Bound, own.Factors, place);
    }

    /// <summary>A size as a number.</summary>
    public Polynomial Value(Size size) => size.Terms.Aggregate(Polynomial.Zero, (sum, term) =>
        sum + (term.Symbols.Aggregate(Polynomial.One, (product, symbol) => Multiply(product, Polynomial.Of(new SizeAtom(symbol)))) * term.Coefficient));

    /// <summary>The integer power by repeated multiplication; bound indices of each copy get names of their own.</summary>
    private Polynomial Repeat(Polynomial a, int count) =>
        Enumerable.Repeat(a, count).Aggregate(Polynomial.One, Multiply);

    private Polynomial Multiply(Product a, Product b)
    {
        Steps.Take(1 + a.Factors.Length + b.Factors.Length + ((a.Length + b.Length) / AtomsPerStep));
        if (a.Bound.Length + b.Bound.Length > 0)
        {
            Steps.Use("factors move into and out of sums");
        }

        var own = Apart(b, a.Indices.Union(a.Bound));
        var left = Apart(a, own.Indices.Union(own.Bound));
        return Make(left.Bound.AddRange(own.Bound), left.Factors.AddRange(own.Factors));
    }

    /// <summary>The product of the factors, each read at its new place if there is one, summed over the bound indices.</summary>
    private Polynomial Make(ImmutableArray<Index> bound, ImmutableArray<Factor> factors, Func<Index, AffineIndex?> place)
    {
        var result = Polynomial.One;
        foreach (var factor in factors)
        {
            result = Multiply(result, Power(factor.Atom.Reindex(this, place), factor.Power));
        }

        return bound.Aggregate(result, (sum, index) => SumOver(index, sum));
    }

    /// <summary>Collects powers, applies the laws of products and names the bound indices.</summary>
    private Polynomial Make(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        Steps.Take();
        var merged = factors.GroupBy(factor => factor.Atom.Key)
            .Select(group => new Factor(group.First().Atom, group.Aggregate(Rational.Zero, (sum, factor) => sum + factor.Power)))
            .Where(factor => !factor.Power.IsZero)
            .ToImmutableArray();
        if ((SmallSum(bound, merged) ?? ProductLaw(bound, merged)) is { } rewritten)
        {
            return rewritten;
        }

        var used = bound.Where(index => merged.Any(factor => factor.Atom.Indices.Contains(index))).ToImmutableArray();
        if (used.Length < bound.Length)
        {
            Steps.Use("a sum of equal terms is their number times the term");
            return bound.Except(used).Aggregate(Make(used, merged), (product, index) => Multiply(product, Value(index.Size)));
        }

        return Named(bound, merged);
    }

    private Polynomial Named(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        if (bound.IsEmpty)
        {
            return Polynomial.Of(new Product(bound, Sort(factors)));
        }

        Steps.Use("bound indices are renamed");
        var place = BoundIndices.Canonical(bound, factors, this);
        var renamed = factors.Aggregate((Coefficient: Rational.One, Factors: ImmutableArray<Factor>.Empty), (all, factor) =>
        {
            var (coefficient, parts) = Renamed(factor, place);
            return (all.Coefficient * coefficient, all.Factors.AddRange(parts));
        });
        var names = bound.Select(index => place(index)!.Plain!).OrderBy(index => index.Name, StringComparer.Ordinal).ToImmutableArray();
        return Polynomial.Of(new Product(names, Sort(renamed.Factors))) * renamed.Coefficient;
    }

    /// <summary>A renamed factor is one product again; a sign or a scale may come out of an atom whose terms change their order.</summary>
    private (Rational Coefficient, ImmutableArray<Factor> Factors) Renamed(Factor factor, Func<Index, AffineIndex?> place)
    {
        if (!factor.Atom.Indices.Any(index => place(index) is not null))
        {
            return (1, [factor]);
        }

        var read = Power(factor.Atom.Reindex(this, place), factor.Power);
        return read.Terms.Length == 1 && read.Terms[0].Product.Bound.IsEmpty
            ? (read.Terms[0].Coefficient, read.Terms[0].Product.Factors)
            : (1, [new Factor(new GroupAtom(read), 1)]);
    }

    private static ImmutableArray<Factor> Sort(ImmutableArray<Factor> factors) =>
        factors.OrderBy(factor => factor.Atom.Key, StringComparer.Ordinal).ToImmutableArray();

    /// <summary>The product with bound indices that are none of <paramref name="taken"/>, which mean something else out there: bound or free.</summary>
    private Product Apart(Product product, ImmutableHashSet<Index> taken) => product.Bound.Any(taken.Contains) ? Opened(product) : product;

    /// <summary>The same product under names for its bound indices that occur nowhere else. It is no normal form.</summary>
    public Product Opened(Product product)
    {
        if (product.Bound.IsEmpty)
        {
            return product;
        }

        var names = product.Bound.ToDictionary(index => index, index => index with { Name = "%" + fresh++ });
        AffineIndex? Place(Index index) => names.TryGetValue(index, out var name) ? (AffineIndex)name : null;
        var factors = product.Factors.Select(factor => factor.Atom.Indices.Any(names.ContainsKey)
            ? RenamedAtom(factor, Place)
            : factor);
        return new Product(product.Bound.Select(index => names[index]).ToImmutableArray(), factors.ToImmutableArray());
    }

    private Factor RenamedAtom(Factor factor, Func<Index, AffineIndex?> place)
    {
        var (coefficient, parts) = Renamed(factor, place);
        return coefficient.IsOne && parts.Length == 1
            ? parts[0]
            : new Factor(new GroupAtom(parts.Aggregate(Polynomial.Of(coefficient), (product, part) => Multiply(product, Polynomial.Of(part.Atom, part.Power)))), 1);
    }
}
