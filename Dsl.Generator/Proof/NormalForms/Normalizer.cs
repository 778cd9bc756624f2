using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>Brings an expression into normal form, from its leaves up. Equal normal forms mean equal functions.</summary>
internal sealed class Normalizer
{
    private readonly Dictionary<Expr, Polynomial> known = [];
    private readonly Algebra algebra;

    public Normalizer(Algebra algebra) => this.algebra = algebra;

    public Polynomial Normalize(Expr expr)
    {
        if (!known.TryGetValue(expr, out var form))
        {
            known[expr] = form = Compute(expr);
        }

        return form;
    }

    private Polynomial Compute(Expr expr) => expr switch
    {
        Literal literal => Polynomial.Of(literal.Value),
        SizeValue size => algebra.Value(size.Size),
        Access access => Polynomial.Of(new LeafAtom(access.Tensor, access.At)),
        Codebook book => Polynomial.Of(new CodebookAtom(book)),
        Ir.Inside inside => algebra.Indicator(inside.At, inside.Size),
        Named named => Normalize(named.Body),
        Surrogate surrogate => Normalize(surrogate.Value),
        Reduce { Reduction: Reduction.Sum } sum => algebra.SumOver(sum.Index, Normalize(sum.Body)),
        Reduce max => algebra.MaxOver(max.Index, Normalize(max.Body)),
        MatrixInverse inverse => algebra.Inverse(inverse.Rows, inverse.Columns, Normalize(inverse.Body), inverse.Row, inverse.Column),
        Map map => algebra.Apply(map.Function, map.Arguments.Select(Normalize).ToImmutableArray()),
        _ => throw new ShapeException("An expression without a normal form: " + expr.GetType().Name),
    };
}
