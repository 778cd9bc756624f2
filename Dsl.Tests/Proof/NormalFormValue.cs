using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>The value of a normal form by its meaning: a sum of products over bound indices, of atoms under rational powers.</summary>
internal sealed class NormalFormValue(Func<string, long> sizeOf, Func<Tensor, IReadOnlyList<long>, double> elementOf)
{
    public double Of(Polynomial form, IReadOnlyDictionary<Index, long> at) =>
        form.Terms.Sum(term => term.Coefficient.ToDouble() * OfProduct(term.Product, term.Product.Bound, at));

    private double OfProduct(Product product, IEnumerable<Index> bound, IReadOnlyDictionary<Index, long> at)
    {
        if (bound.FirstOrDefault() is { } index)
        {
            return Along(index, at).Sum(inner => OfProduct(product, bound.Skip(1), inner));
        }

        return product.Factors.Aggregate(1.0, (value, factor) => value * Power(Of(factor.Atom, at), factor.Power));
    }

    private double Of(Atom atom, IReadOnlyDictionary<Index, long> at) => atom switch
    {
        LeafAtom leaf => elementOf(leaf.Tensor, leaf.At.Select(place => PlaceOf(place, at)).ToArray()),
        SizeAtom size => sizeOf(size.Symbol),
        PrimeAtom prime => (double)prime.Value,
        IndicatorAtom inside => PlaceOf(inside.At, at) is var place && place >= 0 && place < inside.Size.Evaluate(sizeOf) ? 1 : 0,
        GroupAtom group => Of(group.Body, at),
        MaxOverAtom max => Along(max.Index, at).Select(inner => Of(max.Body, inner)).Aggregate(Math.Max),
        FunctionAtom { Function: Function.Max } max => max.Arguments.Select(argument => Of(argument, at)).Aggregate(Math.Max),
        FunctionAtom function => PlainEvaluation.Apply(function.Function, function.Arguments.Select(argument => Of(argument, at)).ToArray()),
        _ => throw new ArgumentException("unknown kind of atom: " + atom.GetType().Name, nameof(atom)),
    };

    private IEnumerable<IReadOnlyDictionary<Index, long>> Along(Index index, IReadOnlyDictionary<Index, long> at) =>
        Enumerable.Range(0, (int)index.Size.Evaluate(sizeOf)).Select(k => new Dictionary<Index, long>(at) { [index] = k });

    private long PlaceOf(AffineIndex place, IReadOnlyDictionary<Index, long> at) =>
        place.Offset.Evaluate(sizeOf) + place.Terms.Sum(term => term.Factor.Evaluate(sizeOf) * at[term.Index]);

    /// <summary>Zero has no negative power, a negative number no root.</summary>
    private static double Power(double value, Rational power) =>
        value == 0 && power.Sign < 0 ? double.NaN : Math.Pow(value, power.ToDouble());
}
