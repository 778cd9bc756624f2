using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>
/// Proves that a difference is zero by cases: |p| is p or -p, a maximum is one of its values, a mask is 0 or 1. Cases whose
/// conditions contradict each other do not occur. Sums are compared term by term, at the same place of their bound indices.
/// </summary>
internal sealed class CaseSplit
{
    private const int MostSplits = 8;
    private const string Prefix = "case.";

    private readonly Algebra algebra;

    public CaseSplit(Algebra algebra) => this.algebra = algebra;

    /// <summary>False means only that no proof was found.</summary>
    public bool IsZero(Polynomial difference) =>
        Holds(Body(difference.Terms), LinearFacts.None, 0)
        || difference.Terms.GroupBy(term => string.Join(";", SizesOf(term))).All(group => Holds(Body([.. group]), LinearFacts.None, 0));

    private bool Holds(Polynomial difference, LinearFacts facts, int splits)
    {
        algebra.Steps.Take();
        if (Equality.IsZero(algebra, difference))
        {
            return true;
        }

        if (splits == MostSplits || Conditions.In(difference).FirstOrDefault() is not { } atom)
        {
            return facts.With(difference, true).AreContradictory() && facts.With(difference * -1, true).AreContradictory();
        }

        algebra.Steps.Use("by cases: " + Conditions.LawOf(atom));
        return Conditions.CasesOf(atom).All(choice =>
        {
            var known = choice.Facts.Aggregate(facts, (all, fact) => all.With(fact.Value, fact.Strict));
            if (known.AreContradictory())
            {
                return true;
            }

            Polynomial Decide(Polynomial form) => Replacing.In(algebra, form, atom.Key, choice.Value);
            return choice.Zero is { } zero && Solve(zero) is { } solution
                ? Holds(Replacing.In(algebra, Decide(difference), solution.Key, solution.Value), known.Select(form => Replacing.In(algebra, form, solution.Key, solution.Value)), splits + 1)
                : Holds(Decide(difference), known, splits + 1);
        });
    }

    /// <summary>A tensor element that a form being zero determines, and its value.</summary>
    private static (string Key, Polynomial Value)? Solve(Polynomial zero)
    {
        foreach (var term in zero.Terms.Where(term => term.Product is { Bound.IsEmpty: true, Factors.Length: 1 } product && product.Factors[0] is { Power.IsOne: true, Atom: LeafAtom }))
        {
            var key = term.Product.Factors[0].Atom.Key;
            var rest = zero - (Polynomial.Of(term.Product) * term.Coefficient);
            if (!rest.Key.Contains(key))
            {
                return (key, rest * (-1 / term.Coefficient));
            }
        }

        return null;
    }

    /// <summary>What the terms add up to at one place of the ranges that all of them are summed over; other sums stay.</summary>
    private Polynomial Body(IReadOnlyList<Term> terms)
    {
        var names = Shared(terms).Select((size, k) => new Index(Prefix + k, size)).ToArray();
        var (body, keys) = (Polynomial.Zero, new HashSet<string>());
        foreach (var term in terms)
        {
            // Any assignment of names is sound; the one that shares most factors with the first term cancels best.
            var form = Orders(term.Product.Bound, names).Select(assignment => At(term, assignment))
                .OrderByDescending(form => KeysOf(form).Count(keys.Contains))
                .ThenBy(form => form.Key, StringComparer.Ordinal)
                .First();
            body += form;
            keys = keys.Count == 0 ? KeysOf(form) : keys;
        }

        return body;
    }

    private static IEnumerable<string> SizesOf(Term term) => term.Product.Bound.Select(index => index.Size.ToString()).OrderBy(size => size, StringComparer.Ordinal);

    /// <summary>The ranges that every term is summed over, each as often as the term that has it least often.</summary>
    private static IEnumerable<Size> Shared(IReadOnlyList<Term> terms) => terms.Count == 0 ? [] : terms[0].Product.Bound
        .GroupBy(index => index.Size)
        .SelectMany(group => Enumerable.Repeat(group.Key, terms.Min(term => term.Product.Bound.Count(index => index.Size == group.Key))));

    private static HashSet<string> KeysOf(Polynomial form) => [.. form.Terms.SelectMany(term => term.Product.Factors).Select(factor => factor.Atom.Key)];

    private Polynomial At(Term term, ImmutableList<(Index Index, Index Name)> names)
    {
        var opened = algebra.Opened(term.Product);
        AffineIndex? Place(Index index) => opened.Bound.IndexOf(index) is var k and >= 0 && names.Find(pair => pair.Index == term.Product.Bound[k]).Name is { } name ? (AffineIndex)name : null;
        var product = opened.Factors.Aggregate(Polynomial.Of(term.Coefficient), (all, factor) =>
            algebra.Multiply(all, algebra.Power(factor.Atom.Reindex(algebra, Place), factor.Power)));
        return opened.Bound.Where(index => Place(index) is null).Aggregate(product, (sum, index) => algebra.SumOver(index, sum));
    }

    /// <summary>The ways to give every name to one of the bound indices of its size.</summary>
    private static IEnumerable<ImmutableList<(Index Index, Index Name)>> Orders(ImmutableArray<Index> bound, IReadOnlyList<Index> names) => names.Count == 0
        ? [[]]
        : bound.Where(index => index.Size == names[0].Size)
            .SelectMany(index => Orders(bound.Remove(index), [.. names.Skip(1)]).Select(rest => rest.Add((index, names[0]))));
}
