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

    /// <summary>Whether all axes have at least one value.</summary>
    public bool Fits(Func<string, long> sizeOf) => Free.Select(index => index.Size).Concat(tensors.SelectMany(tensor => tensor.Axes).Select(axis => axis.Size))
        .All(size => size.Evaluate(sizeOf) > 0);

    private void Visit(Expr expr)
    {
        if (!seen.Add(expr))
        {
            return;
        }

        switch (expr)
        {
            case Access access:
                tensors.AddRange(tensors.Contains(access.Tensor) ? [] : [access.Tensor]);
                sizes.AddRange(access.At.SelectMany(place => place.Terms.Select(term => term.Factor).Append(place.Offset)));
                break;
            case SizeValue size:
                sizes.Add(size.Size);
                break;
            case Ir.Inside inside:
                sizes.AddRange(inside.At.Terms.Select(term => term.Factor).Append(inside.At.Offset).Append(inside.Size));
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
            case Map map:
                foreach (var argument in map.Arguments)
                {
                    Visit(argument);
                }

                break;
        }
    }
}
