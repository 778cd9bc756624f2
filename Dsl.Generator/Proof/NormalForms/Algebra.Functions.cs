using System.Collections.Immutable;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Laws;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>Functions of normal forms: the first law that applies, else an atom.</summary>
internal sealed partial class Algebra
{
    public Polynomial Apply(Function function, ImmutableArray<Polynomial> x)
    {
        Steps.Take();
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

    /// <summary>max over an index: what does not depend on it moves out, and so do positive factors.</summary>
    public Polynomial MaxOver(Index over, Polynomial body)
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
        var largest = common.Aggregate(Polynomial.Of(atom), (product, factor) => Multiply(product, Polynomial.Of(factor.Atom, factor.Power)));
        return outside + (largest * scale);
    }
}
