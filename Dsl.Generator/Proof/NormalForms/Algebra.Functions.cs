using System.Collections.Immutable;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Laws;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>Functions of normal forms: the first law that applies, else an atom.</summary>
internal sealed partial class Algebra
{
    /// <summary>Maxima over more indices than that keep their order: there are too many orders to try.</summary>
    private const int MostOrdered = 4;

    public Polynomial Apply(Function function, ImmutableArray<Polynomial> x)
    {
        Steps.Take(1 + (x.Sum(argument => argument.Length) / AtomsPerStep));
        if (function == Function.Log && SignFacts.Of(x[0]) != SignFact.Positive)
        {
            Steps.Assume(LogarithmsExist);
        }

        switch (function)
        {
            case Function.Add:
                return x[0] + x[1];
            case Function.Subtract:
                return x[0] - x[1];
            case Function.Negate:
                return x[0] * -1;
            case Function.Multiply:
                return Multiply(x[0], x[1]);
            case Function.Square:
                return Multiply(x[0], x[0]);
            case Function.Divide:
                return Divide(x[0], x[1]);
            case Function.Sqrt:
                return Power(x[0], new Rational(1, 2));
        }

        foreach (var law in LawTable.Of(function))
        {
            if (law.Rewrite(this, x) is { } result)
            {
                Steps.Use(law.Name);
                return result;
            }
        }

        return Polynomial.Of(new FunctionAtom(function, x));
    }

    /// <summary>max over an index: what does not depend on it moves out, and so do positive factors; the order of several is the canonical one.</summary>
    public Polynomial MaxOver(Index over, Polynomial body) => Nest(over, body, InOrder);

    /// <summary>max over i of max over j is max over j of max over i: of all orders, the one whose key comes first.</summary>
    private Polynomial InOrder(MaxOverAtom outermost)
    {
        if (Largest(outermost.Body) is null)
        {
            return Polynomial.Of(outermost);
        }

        var nested = Polynomial.Of(outermost);
        var (indices, body) = (new List<Index>(), nested);
        for (var atom = Largest(body); atom is not null && indices.Count < MostOrdered; atom = Largest(body))
        {
            var own = atom.Index with { Name = "%" + fresh++ };
            body = atom.Body.Reindex(this, index => index == atom.Index ? (AffineIndex)own : null);
            indices.Add(own);
        }

        var first = Orders(indices).Select(order => order.Aggregate(body, (all, index) => Nest(index, all, Polynomial.Of))).OrderBy(form => form.Key, StringComparer.Ordinal).First();
        if (first.Key != nested.Key)
        {
            Steps.Use("a maximum over several indices does not depend on their order");
        }

        return first;
    }

    /// <summary>The maximum that a form is, if it is one and nothing else.</summary>
    private static MaxOverAtom? Largest(Polynomial form) =>
        form.Terms.Length == 1 && form.Terms[0] is { Coefficient.IsOne: true, Product: { Bound.IsEmpty: true, Factors.Length: 1 } product } && product.Factors[0].Power.IsOne
            ? product.Factors[0].Atom as MaxOverAtom
            : null;

    private static IEnumerable<IEnumerable<Index>> Orders(IReadOnlyCollection<Index> indices) => indices.Count == 0
        ? [[]]
        : indices.SelectMany(first => Orders(indices.Where(index => index != first).ToArray()).Select(rest => rest.Prepend(first)));

    private Polynomial Nest(Index over, Polynomial body, Func<MaxOverAtom, Polynomial> formOf)
    {
        if (!body.Indices.Contains(over))
        {
            return body;
        }

        var outside = Polynomial.Collect(body.Terms.Where(term => !term.Product.Indices.Contains(over)));
        var (common, rest) = FactorOut([body - outside], factor => SignFacts.IsPositive(factor.Atom) && !factor.Atom.Indices.Contains(over));
        var (scale, monic) = Monic(rest[0], keepSign: true);
        if (!outside.IsZero || !common.IsEmpty || !scale.IsOne)
        {
            Steps.Use("max(c + p·x) = c + p·max(x), p > 0");
        }

        // The name is only taken inside, so it may be the same in every maximum of this height.
        var name = over with { Name = "$" + (monic.Height + 1) + ".max" };
        var atom = new MaxOverAtom(name, monic.Reindex(this, index => index == over ? (AffineIndex)name : null));
        var largest = common.Aggregate(formOf(atom), (product, factor) => Multiply(product, Polynomial.Of(factor.Atom, factor.Power)));
        return outside + (largest * scale);
    }
}
