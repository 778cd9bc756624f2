using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>An atom under a rational power.</summary>
internal readonly record struct Factor(Atom Atom, Rational Power)
{
    public string Print(Func<Index, string> nameOf) => Atom.Print(nameOf) + (Power.IsOne ? string.Empty : "^" + Power);
}

/// <summary>A product of factors, summed over its bound indices. Factors are sorted, bound indices have canonical names.</summary>
internal sealed class Product
{
    public Product(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        Bound = bound;
        Factors = factors;
        Indices = factors.Aggregate(ImmutableHashSet<Index>.Empty, (all, factor) => all.Union(factor.Atom.Indices)).Except(bound);
        Height = factors.Select(factor => factor.Atom.Height).DefaultIfEmpty(0).Max() + (bound.IsEmpty ? 0 : 1);
        Length = factors.Sum(factor => factor.Atom.Length);
    }

    public static Product One { get; } = new([], []);

    public ImmutableArray<Index> Bound { get; }

    public ImmutableArray<Factor> Factors { get; }

    public ImmutableHashSet<Index> Indices { get; }

    public int Height { get; }

    /// <summary>How many atoms are written out in the key.</summary>
    public long Length { get; }

    public string Key => field ??= Print(index => index.Name);

    public string Print(Func<Index, string> nameOf) =>
        string.Concat(Bound.Select(index => "Σ" + nameOf(index) + "<" + index.Size + " ").OrderBy(part => part, StringComparer.Ordinal))
        + string.Join("·", Factors.Select(factor => factor.Print(nameOf)).OrderBy(part => part, StringComparer.Ordinal));
}

/// <summary>A product with its exact coefficient.</summary>
internal readonly record struct Term(Rational Coefficient, Product Product);

/// <summary>A sum of products with exact coefficients: the normal form of an expression. Terms are sorted, no coefficient is zero.</summary>
internal sealed class Polynomial
{
    private Polynomial(ImmutableArray<Term> terms)
    {
        Terms = terms;
        Indices = terms.Aggregate(ImmutableHashSet<Index>.Empty, (all, term) => all.Union(term.Product.Indices));
        Height = terms.Select(term => term.Product.Height).DefaultIfEmpty(0).Max();
        Length = terms.Sum(term => term.Product.Length);
    }

    public static Polynomial Zero { get; } = new([]);

    public static Polynomial One { get; } = Of(Rational.One);

    public ImmutableArray<Term> Terms { get; }

    public ImmutableHashSet<Index> Indices { get; }

    public int Height { get; }

    /// <summary>How many atoms are written out in the key.</summary>
    public long Length { get; }

    public string Key => field ??= Print(index => index.Name);

    public bool IsZero => Terms.IsEmpty;

    /// <summary>The number, where the form is one.</summary>
    public Rational? Constant => Terms.Length switch
    {
        0 => Rational.Zero,
        1 when Terms[0].Product.Factors.IsEmpty && Terms[0].Product.Bound.IsEmpty => Terms[0].Coefficient,
        _ => null,
    };

    public static Polynomial Of(Rational value) => value.IsZero ? Zero : new([new Term(value, Product.One)]);

    public static Polynomial Of(Atom atom) => Of(atom, 1);

    public static Polynomial Of(Atom atom, Rational power) => Of(new Product([], [new Factor(atom, power)]));

    public static Polynomial Of(Product product) => new([new Term(1, product)]);

    /// <summary>Adds up the terms that are the same product.</summary>
    public static Polynomial Collect(IEnumerable<Term> terms) => new(terms
        .GroupBy(term => term.Product.Key)
        .Select(group => new Term(group.Aggregate(Rational.Zero, (sum, term) => sum + term.Coefficient), group.First().Product))
        .Where(term => !term.Coefficient.IsZero)
        .OrderBy(term => term.Product.Key, StringComparer.Ordinal)
        .ToImmutableArray());

    public static Polynomial operator +(Polynomial a, Polynomial b) => a.IsZero ? b : b.IsZero ? a : Collect(a.Terms.Concat(b.Terms));

    public static Polynomial operator -(Polynomial a, Polynomial b) => a + (b * -1);

    public static Polynomial operator *(Polynomial a, Rational factor) => factor.IsOne
        ? a
        : factor.IsZero ? Zero : new(a.Terms.Select(term => term with { Coefficient = term.Coefficient * factor }).ToImmutableArray());

    public Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place)
    {
        if (!Indices.Any(index => place(index) is not null))
        {
            return this;
        }

        return Terms.Aggregate(Zero, (sum, term) => sum + (algebra.Reindex(term.Product, place) * term.Coefficient));
    }

    public string Print(Func<Index, string> nameOf) => "{" + string.Join(" + ", Terms
        .Select(term => term.Coefficient + "*" + term.Product.Print(nameOf)).OrderBy(part => part, StringComparer.Ordinal)) + "}";

    public override string ToString() => Key;
}
