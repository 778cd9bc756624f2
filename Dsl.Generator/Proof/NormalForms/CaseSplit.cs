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
        difference.Terms.GroupBy(term => string.Join(";", term.Product.Bound.Select(index => index.Size.ToString()).OrderBy(size => size, StringComparer.Ordinal)))
            .All(group => Holds(Body(group.ToArray()), LinearFacts.None, 0));

    private bool Holds(Polynomial difference, LinearFacts facts, int splits)
    {
        algebra.Steps.Take();
        if (Equality.IsZero(algebra, difference))
        {
            return true;
        }

        if (splits == MostSplits || Conditions.In(difference).FirstOrDefault() is not { } atom)
        {
            return false;
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

    /// <summary>What the terms of sums over the same ranges add up to at one place of these ranges.</summary>
    private Polynomial Body(IReadOnlyList<Term> terms)
    {
        var first = terms[0].Product;
        var names = first.Bound.Select((index, k) => (index, name: index with { Name = Prefix + k })).ToArray();
        var body = At(terms[0], index => Array.Find(names, pair => pair.index == index).name);
        var keys = KeysOf(body);
        foreach (var term in terms.Skip(1))
        {
            // Any assignment of names is sound; the one that shares most factors with the first term cancels best.
            body += Assignments(term.Product.Bound, names.Select(pair => pair.name).ToArray())
                .Select(assignment => At(term, assignment))
                .OrderByDescending(form => KeysOf(form).Count(keys.Contains))
                .ThenBy(form => form.Key, StringComparer.Ordinal)
                .First();
        }

        return body;
    }

    private static HashSet<string> KeysOf(Polynomial form) => [.. form.Terms.SelectMany(term => term.Product.Factors).Select(factor => factor.Atom.Key)];

    private Polynomial At(Term term, Func<Index, Index?> place) =>
        term.Product.Factors.Aggregate(Polynomial.Of(term.Coefficient), (product, factor) => algebra.Multiply(
            product, algebra.Power(factor.Atom.Reindex(algebra, index => place(index) is { } name ? (AffineIndex)name : null), factor.Power)));

    private static IEnumerable<Func<Index, Index?>> Assignments(ImmutableArray<Index> bound, IReadOnlyList<Index> names) =>
        Orders(bound, names).Select(pairs => (Func<Index, Index?>)(index => pairs.FirstOrDefault(pair => pair.Index == index).Name));

    private static IEnumerable<ImmutableList<(Index Index, Index Name)>> Orders(ImmutableArray<Index> bound, IReadOnlyList<Index> names) => bound.IsEmpty
        ? [[]]
        : names.Where(name => name.Size == bound[0].Size)
            .SelectMany(name => Orders(bound.RemoveAt(0), names.Where(other => other != name).ToArray()).Select(rest => rest.Add((bound[0], name))));
}
