using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>The laws of split and merged indices, and of matrices with orthonormal rows.</summary>
internal sealed partial class Algebra
{
    /// <summary>
    /// An index i below n·k of which a group ⌊i / k⌋ or a place i mod k is taken is two indices, i = k·a + b. Two indices that occur
    /// as k·a + b only, b below k, are one.
    /// </summary>
    private Polynomial? SplitOrMerge(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        if (bound.IsEmpty)
        {
            return null;
        }

        var places = factors.SelectMany(factor => PlacesIn(factor.Atom)).ToArray();
        foreach (var index in bound)
        {
            if (places.SelectMany(DivisorsOf).FirstOrDefault(part => part.Of.Plain == index && index.Size.DivideBy(part.Divisor) is not null) is { Of: not null } part)
            {
                Steps.Use("Σ_i<n·k f(i) = Σ_a<n Σ_b<k f(k·a + b)");
                var (group, place) = (new Index("%" + fresh++, index.Size.DivideBy(part.Divisor)!.Value), new Index("%" + fresh++, part.Divisor));
                return Summed(bound.Remove(index).Add(group).Add(place), factors, other => other == index ? (part.Divisor * group) + place : null);
            }
        }

        foreach (var (a, b) in bound.SelectMany(a => bound.Where(b => b != a && b.Size != Size.One).Select(b => (a, b))))
        {
            if (places.All(place => IsMerged(place, a, b)))
            {
                Steps.Use("Σ_a<n Σ_b<k f(k·a + b) = Σ_i<n·k f(i)");
                var merged = new Index("%" + fresh++, a.Size * b.Size);
                return Summed(bound.Remove(a).Remove(b).Add(merged), factors, index => index == a ? new AffineIndex([], Size.Zero) : index == b ? (AffineIndex)merged : null);
            }
        }

        return null;
    }

    /// <summary>Whether a place contains neither index, or both as f·(k·a + b) with k values of b.</summary>
    private static bool IsMerged(AffineIndex place, Index a, Index b)
    {
        if (place.Terms.Any(term => term.Index.Part is not null && term.Index.Roots.Any(root => root == a || root == b)))
        {
            return false;
        }

        Size FactorOf(Index index) => place.Terms.FirstOrDefault(term => term.Index == index) is { Index: not null } term ? term.Factor : Size.Zero;
        return FactorOf(a) == b.Size * FactorOf(b);
    }

    private static IEnumerable<(AffineIndex Of, Size Divisor)> DivisorsOf(AffineIndex place) => place.Terms.SelectMany(term => term.Index.Part switch
    {
        IndexPart.Quotient quotient => DivisorsOf(quotient.Of).Prepend((quotient.Of, quotient.Divisor)),
        IndexPart.Remainder remainder => DivisorsOf(remainder.Of).Prepend((remainder.Of, remainder.Divisor)),
        IndexPart.Entry entry => entry.At.SelectMany(DivisorsOf),
        _ => [],
    });

    private static IEnumerable<AffineIndex> PlacesIn(Atom atom) => atom switch
    {
        LeafAtom leaf => leaf.At,
        IndicatorAtom indicator => [indicator.At],
        FunctionAtom function => function.Arguments.SelectMany(PlacesIn),
        MaxOverAtom max => PlacesIn(max.Body),
        GroupAtom group => PlacesIn(group.Body),
        InverseAtom inverse => [inverse.Row, inverse.Column],
        _ => [],
    };

    private static IEnumerable<AffineIndex> PlacesIn(Polynomial form) => form.Terms.SelectMany(term => term.Product.Factors).SelectMany(factor => PlacesIn(factor.Atom));

    /// <summary>Σ_i Q[r,i]·Q[s,i] = [r = s] where the rows of Q are orthonormal.</summary>
    private Polynomial? Orthonormality(ImmutableArray<Index> bound, ImmutableArray<Factor> factors)
    {
        foreach (var index in bound)
        {
            var met = factors.Where(factor => factor.Atom.Indices.Contains(index)).ToArray();
            if (met.All(factor => IsRow(factor, index)) && met.Sum(factor => (int)factor.Power.Numerator) == 2 && met.Select(factor => ((LeafAtom)factor.Atom).Tensor).Distinct().Count() == 1)
            {
                var (first, last) = ((LeafAtom)met[0].Atom, (LeafAtom)met[met.Length - 1].Atom);
                Steps.Use("Σ_i Q[r,i]·Q[s,i] = [r = s] for orthonormal rows");
                Steps.Assume($"the rows of '{first.Tensor.Name}' are orthonormal, as the fold makes them");
                var rest = Make([], factors.RemoveAll(met.Contains));
                var product = Multiply(rest, Indicator(first.At[0] + (Size.Of(-1) * last.At[0]), Size.One));
                return bound.Remove(index).Aggregate(product, (sum, other) => SumOver(other, sum));
            }
        }

        return null;
    }

    private static bool IsRow(Factor factor, Index index) =>
        factor.Atom is LeafAtom { Tensor.HasOrthonormalRows: true } leaf && factor.Power.IsInteger && factor.Power.Sign > 0
        && leaf.At[1].Plain == index && index.Size == leaf.Tensor.Axes[1].Size
        && leaf.At[0].Plain is { } row && row != index && row.Size == leaf.Tensor.Axes[0].Size;

    private Polynomial Summed(ImmutableArray<Index> bound, ImmutableArray<Factor> factors, Func<Index, AffineIndex?> place) =>
        bound.Aggregate(Make([], factors, place), (sum, index) => SumOver(index, sum));
}
