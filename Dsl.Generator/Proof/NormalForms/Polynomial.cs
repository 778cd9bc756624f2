using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>A factor of a monomial.</summary>
internal readonly record struct Power(Atom Atom, int Exponent);

/// <summary>
/// <c>coefficient · Σ_bound Π atom^exponent</c>. Bound indices are unique to the monomial, so that products never confuse them.
/// </summary>
internal sealed record Monomial(Rational Coefficient, EquatableArray<Index> Bound, EquatableArray<Power> Factors)
{
    public static Monomial Number(Rational value) => new(value, [], []);

    public static Monomial Of(Atom atom) => new(Rational.One, [], [new Power(atom, 1)]);

    public IEnumerable<Index> Indices => Factors.SelectMany(factor => factor.Atom.Indices).Where(index => !Bound.Contains(index));

    public Monomial Rename(Func<Index, AffineIndex?> to) => this with
    {
        Factors = Factors.Select(factor => factor with { Atom = factor.Atom.Rename(to) }).ToEquatableArray(),
    };
}

/// <summary>A sum of monomials, no two of which are alike. Zero is the empty sum.</summary>
internal sealed record Polynomial(EquatableArray<Monomial> Terms)
{
    public static Polynomial Zero { get; } = new(EquatableArray<Monomial>.Empty);

    public IEnumerable<Index> Indices => Terms.SelectMany(term => term.Indices);

    /// <summary>The number, where the polynomial is one.</summary>
    public Rational? Constant => Terms.Count switch
    {
        0 => Rational.Zero,
        1 when Terms[0].Factors.Count == 0 && Terms[0].Bound.Count == 0 => Terms[0].Coefficient,
        _ => null,
    };

    public static Polynomial Number(Rational value) => value.IsZero ? Zero : new([Monomial.Number(value)]);

    public Polynomial Rename(Func<Index, AffineIndex?> to) => new(Terms.Select(term => term.Rename(to)).ToEquatableArray());

    public Polynomial Scale(Rational factor) => factor.IsZero
        ? Zero
        : new(Terms.Select(term => term with { Coefficient = term.Coefficient * factor }).ToEquatableArray());
}
