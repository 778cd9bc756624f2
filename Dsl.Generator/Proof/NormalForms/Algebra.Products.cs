using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>The laws of products: one factor alone, or two factors that meet.</summary>
internal sealed partial class Algebra
{
    /// <summary>[0 ≤ place &lt; size], where the ranges of the indices do not decide it.</summary>
    public Polynomial Indicator(AffineIndex at, Size size)
    {
        at = size == Size.One ? SizeFacts.WithoutCommonFactor(at) : at;
        if (SizeFacts.Inside(at, size) is { } decided)
        {
            Steps.Use("a place that is always inside, or never");
            return Polynomial.Of(decided);
        }

        // -1 < -p < 1 says the same as -1 < p < 1.
        var mirrored = Size.Of(-1) * at;
        var swap = size == Size.One && string.CompareOrdinal(mirrored.ToString(), at.ToString()) < 0;
        return Polynomial.Of(new IndicatorAtom(swap ? mirrored : at, size));
    }

    /// <summary>The rewritten product, or null where no law applies.</summary>
    private Polynomial? ProductLaw(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        for (var k = 0; k < factors.Length; k++)
        {
            if (Replacement(factors[k], factors) is { } replacement)
            {
                return Rebuild(bound, factors.RemoveAt(k), replacement);
            }

            if (factors[k].Atom is IndicatorAtom indicator && Select(indicator, bound) is { } selection)
            {
                Steps.Use("a sum over one selected place is its term");
                return Substitute(bound, factors.RemoveAt(k), selection);
            }

            if (factors[k].Atom is IndicatorAtom range && Range(range, bound) is { } part)
            {
                Steps.Use("a sum over an indicated range is a sum over that range only");
                return Shift(bound, factors.RemoveAt(k), part);
            }
        }

        return Orthonormality(bound, factors) ?? SplitOrMerge(bound, factors);
    }

    private Polynomial? Replacement(Factor factor, ImmutableArray<Factor> all)
    {
        if (factor.Atom is GroupAtom group && factor.Power.IsInteger && factor.Power.Sign > 0 && factor.Power.Numerator <= LargestPower)
        {
            return Repeat(group.Body, (int)factor.Power.Numerator);
        }

        if (factor.Atom is PrimeAtom prime && (factor.Power.Sign < 0 || factor.Power >= 1))
        {
            return PowerOf(new Rational(prime.Value, 1), factor.Power);
        }

        if (SignFacts.IsBinary(factor.Atom) && factor.Power.Sign > 0 && !factor.Power.IsOne)
        {
            Steps.Use("M² = M for values 0 and 1");
            return Polynomial.Of(factor.Atom);
        }

        return factor.Atom is FunctionAtom { Function: Function.Abs or Function.Sign } function ? Replacement(function, factor.Power, all) : null;
    }

    /// <summary>|x|² = x², sign(x)³ = sign(x), sign(x)·|x| = x, and what follows for quotients.</summary>
    private Polynomial? Replacement(FunctionAtom function, Rational power, ImmutableArray<Factor> all)
    {
        var x = function.Arguments[0];
        var isAbs = function.Function == Function.Abs;
        if (isAbs && power.IsInteger && power.Numerator.IsEven)
        {
            Steps.Use("|x|² = x²");
            return Power(x, power);
        }

        if (!isAbs && (power.Numerator > 2 || power.Sign < 0))
        {
            Steps.Use("sign(x)³ = sign(x)");
            return Polynomial.Of(function, power.Numerator.IsEven ? 2 : 1);
        }

        return isAbs || !power.IsOne ? null : SignMeets(x, all);
    }

    private Polynomial? SignMeets(Polynomial x, ImmutableArray<Factor> all)
    {
        var met = all.FirstOrDefault(other => other.Atom is FunctionAtom { Function: Function.Abs } abs && abs.Arguments[0].Key == x.Key);
        if (met is { Atom: not null, Power.IsInteger: true })
        {
            Steps.Use("sign(x)·|x| = x");
            return Multiply(Polynomial.Of(met.Atom, -1), x);
        }

        var self = all.FirstOrDefault(other => Polynomial.Of(other.Atom).Key == x.Key);
        if (self is { Atom: not null, Power: { IsInteger: true, Sign: > 0 } })
        {
            Steps.Use("sign(x)·x = |x|");
            return Multiply(Polynomial.Of(self.Atom, -1), Apply(Function.Abs, [x]));
        }

        return null;
    }

    private Polynomial Rebuild(ImmutableArray<Index> bound, ImmutableArray<Factor> rest, Polynomial replacement)
    {
        // Opened indices get names of their own: the replacement may bind the same ones.
        var names = bound.ToDictionary(index => index, index => index with { Name = "%" + fresh++ });
        AffineIndex? Place(Index index) => names.TryGetValue(index, out var name) ? (AffineIndex)name : null;
        if (++rebuilding > DeepestRebuild)
        {
            throw new BudgetExceededException(Steps.Taken);
        }

        try
        {
            var product = Multiply(Make([], rest, Place), replacement.Reindex(this, Place));
            return bound.Aggregate(product, (sum, index) => SumOver(names[index], sum));
        }
        finally
        {
            rebuilding--;
        }
    }

    /// <summary>The bound index that [place = 0] decides, and its value.</summary>
    private static (Index Index, AffineIndex Value)? Select(IndicatorAtom indicator, ImmutableArray<Index> bound)
    {
        if (indicator.Size != Size.One)
        {
            return null;
        }

        foreach (var term in indicator.At.Terms.Where(term => bound.Contains(term.Index) && (term.Factor == Size.One || term.Factor == Size.Of(-1))))
        {
            var rest = indicator.At + (-term.Factor * (AffineIndex)term.Index);
            if (!rest.Roots.Contains(term.Index))
            {
                return (term.Index, -term.Factor * rest);
            }
        }

        return null;
    }

    /// <summary>[0 ≤ k - c &lt; s] for a bound index k whose values include all of [c, c + s): k = c + k', k' below s.</summary>
    private (Index Index, Index Part, Size Offset)? Range(IndicatorAtom indicator, ImmutableArray<Index> bound)
    {
        if (indicator.At.Terms.Count != 1 || indicator.At.Terms[0].Factor != Size.One || !bound.Contains(indicator.At.Terms[0].Index))
        {
            return null;
        }

        var (index, offset) = (indicator.At.Terms[0].Index, -indicator.At.Offset);
        return SizeFacts.IsNonNegative(offset) && SizeFacts.IsNonNegative(index.Size - offset - indicator.Size)
            ? (index, new Index("%" + fresh++, indicator.Size), offset)
            : null;
    }

    private Polynomial Shift(ImmutableArray<Index> bound, ImmutableArray<Factor> rest, (Index Index, Index Part, Size Offset) part)
    {
        var product = Make([], rest, index => index == part.Index ? (AffineIndex)part.Part + part.Offset : null);
        return bound.Remove(part.Index).Add(part.Part).Aggregate(product, (sum, index) => SumOver(index, sum));
    }

    /// <summary>An index of one value is 0; a sum over no values is 0.</summary>
    private Polynomial? SmallSum(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        var small = bound.FirstOrDefault(index => index.Size == Size.One || index.Size.IsZero);
        if (small is null)
        {
            return null;
        }

        Steps.Use("sums over one value or none");
        var product = small.Size.IsZero ? Polynomial.Zero : Make([], factors, index => index == small ? new AffineIndex([], Size.Zero) : null);
        return bound.Remove(small).Aggregate(product, (sum, index) => SumOver(index, sum));
    }

    private Polynomial Substitute(ImmutableArray<Index> bound, ImmutableArray<Factor> rest, (Index Index, AffineIndex Value) selection)
    {
        var product = Make([], rest, index => index == selection.Index ? selection.Value : null);
        product = Multiply(product, Indicator(selection.Value, selection.Index.Size));
        return bound.Remove(selection.Index).Aggregate(product, (sum, index) => SumOver(index, sum));
    }
}
