using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof;

/// <summary>Whether two expressions have the same normal form, possibly after clearing denominators.</summary>
internal static class Equality
{
    private const int MostDenominators = 6;

    /// <summary>False means only that no proof was found.</summary>
    public static bool Holds(Expr left, Expr right, Steps steps) =>
        SameSizes(left, right) && (Holds(left, right, new Algebra(steps)) || Holds(left, right, new Algebra(steps) { AbsAsMax = true }));

    /// <summary>The same, with cases distinguished where a comparison decides a value. Takes longer, so it comes after the search for a counterexample.</summary>
    public static bool HoldsByCases(Expr left, Expr right, Steps steps)
    {
        var algebra = new Algebra(steps);
        return SameSizes(left, right) && new CaseSplit(algebra).IsZero(Difference(left, right, algebra));
    }

    private static bool Holds(Expr left, Expr right, Algebra algebra) => IsZero(algebra, Difference(left, right, algebra));

    private static Polynomial Difference(Expr left, Expr right, Algebra algebra)
    {
        var normalizer = new Normalizer(algebra);
        return normalizer.Normalize(left) - normalizer.Normalize(right);
    }

    /// <summary>Normal forms name free indices without their sizes, so these must be the same on both sides.</summary>
    private static bool SameSizes(Expr left, Expr right)
    {
        var free = left.FreeIndices.Union(right.FreeIndices);
        return free.Select(index => index.Name).Distinct().Count() == free.Count;
    }

    /// <summary>A difference is zero if it is after multiplication with its denominators, none of which is zero.</summary>
    public static bool IsZero(Algebra algebra, Polynomial difference)
    {
        for (var k = 0; !difference.IsZero; k++)
        {
            if (k == MostDenominators || Denominator(difference) is not { } denominator)
            {
                return false;
            }

            algebra.Steps.Use("differences are compared over a common denominator");
            difference = algebra.Multiply(difference, algebra.Power(Polynomial.Of(denominator.Atom), -denominator.Power));
        }

        return true;
    }

    private static Factor? Denominator(Polynomial difference)
    {
        foreach (var product in difference.Terms.Select(term => term.Product))
        {
            foreach (var factor in product.Factors)
            {
                if (factor is { Power: { IsInteger: true, Sign: < 0 }, Atom: GroupAtom } && !product.Bound.Any(factor.Atom.Indices.Contains))
                {
                    return factor;
                }
            }
        }

        return null;
    }
}
