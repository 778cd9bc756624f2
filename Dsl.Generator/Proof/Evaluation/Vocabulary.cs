using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>The tensors, sizes and free indices of some expressions: what a point has to give values to.</summary>
internal sealed class Vocabulary
{
    private readonly List<Tensor> tensors = [];
    private readonly List<Size> sizes = [];
    private readonly HashSet<Expr> seen = [];

    public Vocabulary(params Expr[] expressions)
    {
        foreach (var expression in expressions)
        {
            Visit(expression);
        }

        Free = expressions.SelectMany(expression => expression.FreeIndices).Distinct().ToArray();
        sizes.AddRange(Free.Select(index => index.Size));
        sizes.AddRange(tensors.SelectMany(tensor => tensor.Axes).Select(axis => axis.Size));
        Symbols = sizes.SelectMany(size => size.Terms).SelectMany(term => term.Symbols).Distinct().ToArray();
    }

    /// <summary>In the order of their first use.</summary>
    public IReadOnlyList<Tensor> Tensors => tensors;

    public IReadOnlyList<Index> Free { get; }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>Whether all axes have at least one value, and orthonormal rows are no longer than they may be many.</summary>
    public bool Fits(Func<string, long> sizeOf) => Free.Select(index => index.Size).Concat(tensors.SelectMany(tensor => tensor.Axes).Select(axis => axis.Size))
        .All(size => size.Evaluate(sizeOf) > 0)
        && tensors.All(tensor => !tensor.HasOrthonormalRows || tensor.Axes[0].Size.Evaluate(sizeOf) <= tensor.Axes[1].Size.Evaluate(sizeOf));

    private void Visit(Tensor tensor) => tensors.AddRange(tensors.Contains(tensor) ? [] : [tensor]);

    private void Visit(IEnumerable<AffineIndex> places)
    {
        foreach (var place in places)
        {
            sizes.AddRange(place.Terms.SelectMany(term => new[] { term.Factor, term.Index.Size }).Append(place.Offset));
            foreach (var part in place.Terms.Select(term => term.Index.Part))
            {
                Visit(part);
            }
        }
    }

    private void Visit(IndexPart? part)
    {
        switch (part)
        {
            case IndexPart.Quotient quotient:
                sizes.Add(quotient.Divisor);
                Visit([quotient.Of]);
                break;
            case IndexPart.Remainder remainder:
                Visit([remainder.Of]);
                break;
            case IndexPart.Entry entry:
                Visit(entry.Table);
                Visit(entry.At);
                break;
        }
    }

    private void Visit(Expr expr)
    {
        if (!seen.Add(expr))
        {
            return;
        }

        switch (expr)
        {
            case Access access:
                Visit(access.Tensor);
                Visit(access.At);
                break;
            case SizeValue size:
                sizes.Add(size.Size);
                break;
            case Ir.Inside inside:
                Visit([inside.At]);
                sizes.Add(inside.Size);
                break;
            case Named named:
                Visit(named.Body);
                break;
            case Surrogate surrogate:
                Visit(surrogate.Value);
                Visit(surrogate.Derivative);
                break;
            case Reduce reduce:
                sizes.Add(reduce.Index.Size);
                Visit(reduce.Body);
                break;
            case MatrixInverse inverse:
                sizes.Add(inverse.Rows.Size);
                Visit([inverse.Row, inverse.Column]);
                Visit(inverse.Body);
                break;
            case Map map:
                foreach (var argument in map.Arguments)
                {
                    Visit(argument);
                }

                break;
        }
    }
}
