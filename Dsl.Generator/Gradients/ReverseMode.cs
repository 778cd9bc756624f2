using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Gradients;

/// <summary>The gradient for one tensor, over the tensor's own axes.</summary>
internal sealed record Gradient(Tensor Tensor, Expr Value);

/// <summary>
/// Reverse-mode differentiation of index notation. A cotangent flows from the output to the leaves; passing a node it is
/// multiplied by the partial derivative and summed over the indices that the node broadcast. The results are expressions
/// over each tensor's own axes, in the same notation as the forward form, so that they are proved, scheduled and printed alike.
/// </summary>
internal sealed class ReverseMode
{
    private readonly Dictionary<Tensor, Expr> gradients = [];
    private readonly Dictionary<Named, Expr> waiting = [];
    private readonly IReadOnlyList<Tensor> wanted;

    private ReverseMode(IReadOnlyList<Tensor> wanted) => this.wanted = wanted;

    /// <summary>The gradient of <c>Σ outputGradient · output</c> for each wanted tensor that the output depends on.</summary>
    /// <param name="output">The forward form.</param>
    /// <param name="outputGradient">The gradient from above, over the output's indices.</param>
    /// <param name="wanted">The tensors to differentiate for, in the order of the answer.</param>
    public static IReadOnlyList<Gradient> Differentiate(Expr output, Expr outputGradient, IReadOnlyList<Tensor> wanted)
    {
        var pass = new ReverseMode(wanted);
        pass.Visit(output, SumOut(outputGradient, output.FreeIndices, output));
        pass.VisitWaiting();
        return wanted.Where(pass.gradients.ContainsKey)
            .Select(tensor => new Gradient(tensor, new Named(NameOf(tensor.Name), pass.gradients[tensor])))
            .ToArray();
    }

    /// <summary><c>weight</c> → <c>gradWeight</c>, <c>log_a</c> → <c>gradLogA</c>.</summary>
    public static string NameOf(string name) =>
        "grad" + string.Concat(name.Split('_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));

    private void Visit(Expr node, Expr cotangent)
    {
        if (cotangent is Literal { Value.IsZero: true } || !DependsOnWanted(node))
        {
            return;
        }

        switch (node)
        {
            case Access access:
                AddToLeaf(access, cotangent);
                break;
            case Named named:
                waiting[named] = waiting.TryGetValue(named, out var sofar) ? sofar + cotangent : cotangent;
                break;
            case Surrogate surrogate:
                Visit(surrogate.Derivative, SumOut(cotangent, surrogate.FreeIndices, surrogate.Derivative));
                break;
            case Reduce { Reduction: Reduction.Sum } sum:
                VisitSum(sum, cotangent);
                break;
            case Reduce max:
                VisitMax(max, cotangent);
                break;
            case MatrixInverse inverse:
                VisitInverse(inverse, cotangent);
                break;
            case Map map:
                VisitMap(map, cotangent);
                break;
        }
    }

    /// <summary>
    /// A named value that is used several times collects all cotangents before it passes them on once: the one to go on
    /// with is one that no other waiting value contains.
    /// </summary>
    private void VisitWaiting()
    {
        while (waiting.Count > 0)
        {
            var next = waiting.First(pair => !waiting.Keys.Any(other => !other.Equals(pair.Key) && Contains(other.Body, pair.Key)));
            var (named, cotangent) = (next.Key, next.Value);
            waiting.Remove(named);
            var above = cotangent is Access or Named or Literal ? cotangent : new Named(NameOf(named.Name), cotangent);
            if (named.Pullback is { } pullback)
            {
                VisitParts(pullback, above);
            }
            else
            {
                Visit(named.Body, above);
            }
        }
    }

    /// <summary>Declared gradients take the value's gradient for the tensor that stands for it.</summary>
    private void VisitParts(Pullback pullback, Expr cotangent)
    {
        var above = (Access)pullback.Above;
        Expr Inserted(Expr gradient) => gradient.Rewrite(node => node is Access access && access.Tensor == above.Tensor ? cotangent.Reindex(above.FreeIndexList, PlacesOf(above, access)) : node);
        for (var k = 0; k < pullback.Parts.Count; k++)
        {
            Visit(pullback.Parts[k], Inserted(pullback.Gradients[k]));
        }
    }

    private static AffineIndex[] PlacesOf(Access from, Access to) => from.FreeIndexList.Select(index => to.At[from.At.ToList().FindIndex(place => place.Plain == index)]).ToArray();

    private static bool Contains(Expr expr, Named part) => expr.Equals(part) || expr switch
    {
        Map map => map.Arguments.Any(argument => Contains(argument, part)),
        Reduce reduce => Contains(reduce.Body, part),
        Named named => Contains(named.Body, part),
        Surrogate surrogate => Contains(surrogate.Derivative, part),
        MatrixInverse inverse => Contains(inverse.Body, part),
        _ => false,
    };

    private void VisitMap(Map map, Expr cotangent)
    {
        for (var k = 0; k < map.Arguments.Count; k++)
        {
            var argument = map.Arguments[k];
            if (DependsOnWanted(argument))
            {
                Visit(argument, SumOut(cotangent * Derivatives.Of(map.Function, map.Arguments, k, map), map.FreeIndices, argument));
            }
        }
    }

    /// <summary>Every term of a sum gets the sum's cotangent; the bound index becomes free, renamed where its name is taken.</summary>
    private void VisitSum(Reduce sum, Expr cotangent)
    {
        var (index, body) = Open(sum, cotangent);
        Visit(body, SumOut(cotangent, sum.FreeIndices.Add(index), body));
    }

    /// <summary>The largest values get the cotangent, shared evenly among ties as in amax.</summary>
    private void VisitMax(Reduce max, Expr cotangent)
    {
        var (index, body) = Open(max, cotangent);
        var isLargest = Operators.GreaterOrEqual(body, max);
        Visit(body, SumOut(cotangent * isLargest / Operators.Sum(index, isLargest), max.FreeIndices.Add(index), body));
    }

    /// <summary>d(M⁻¹) = -M⁻¹ dM M⁻¹: with the cotangent G of the inverse Y, that of the matrix is -Yᵀ G Yᵀ (Giles 2008, §2.2.3).</summary>
    private void VisitInverse(MatrixInverse inverse, Expr cotangent)
    {
        var (rows, columns) = (inverse.Rows, inverse.Columns);
        var (row, column) = (columns with { Name = columns.Name + "'" }, rows with { Name = rows.Name + "'" });
        var above = Scatter(new Access(new Tensor("inverse", TensorRole.Input, [row, column]), [inverse.Row, inverse.Column]), cotangent);
        var left = Operators.Sum(row, inverse.Read(row, rows) * above);
        var matrix = -Operators.Sum(column, left * inverse.Read(columns, column));
        Visit(inverse.Body, SumOut(matrix, inverse.Body.FreeIndices.Add(rows).Add(columns), inverse.Body));
    }

    private static (Index Index, Expr Body) Open(Reduce reduce, Expr cotangent)
    {
        var index = reduce.Index;
        while (cotangent.FreeIndices.Union(reduce.FreeIndices).Any(free => free.Name == index.Name))
        {
            index = index with { Name = index.Name + "'" };
        }

        return (index, reduce.Body.Reindex([reduce.Index], [index]));
    }

    private void AddToLeaf(Access access, Expr cotangent)
    {
        if (!wanted.Contains(access.Tensor))
        {
            return;
        }

        var contribution = Scatter(access, cotangent);
        gradients[access.Tensor] = gradients.TryGetValue(access.Tensor, out var sofar) ? sofar + contribution : contribution;
    }

    /// <summary>
    /// Moves a cotangent from the places where the tensor was read to the tensor's own axes. A plain index is a renaming.
    /// An affine place is a selection: Σ over its indices of [place = axis] · cotangent.
    /// </summary>
    private static Expr Scatter(Access access, Expr cotangent)
    {
        var axes = access.Tensor.Axes;
        var free = access.FreeIndices.ToList();

        // A selected place lies inside of its axis: a mask that says so is always 1.
        var result = axes.Select((axis, k) => new Inside(access.At[k], axis.Size)).Aggregate(cotangent, Without);

        // The axes get names of their own first, so that W[j,i] read transposed cannot be captured.
        var fresh = axes.Select((axis, k) => axis with { Name = axis.Name + "*" + k }).ToArray();
        var at = access.At.ToArray();
        for (var k = 0; k < axes.Count; k++)
        {
            if (at[k].Plain is { } plain && free.Remove(plain))
            {
                // Where the index stands at another place too, as on a diagonal, that place is compared with this axis.
                result = result.Reindex([plain], [fresh[k]]);
                at = at.Select(place => place.Substitute(index => index == plain ? (AffineIndex)fresh[k] : null)).ToArray();
            }
            else
            {
                result = Times(result, new Inside(fresh[k] + (-Size.One * at[k]), Size.One));
            }
        }

        foreach (var index in free)
        {
            result = Operators.Sum(index, result);
        }

        return result.Reindex(fresh, axes.Select(axis => (AffineIndex)axis).ToArray());
    }

    /// <summary>A factor moves into sums, so that they stay one sum of products.</summary>
    private static Expr Times(Expr expr, Expr factor) => expr is Reduce { Reduction: Reduction.Sum } sum && !factor.FreeIndices.Contains(sum.Index)
        ? Operators.Sum(sum.Index, Times(sum.Body, factor))
        : expr * factor;

    private static Expr Without(Expr product, Inside factor) => product.Equals(factor) ? 1
        : product is Map { Function: Function.Multiply } map ? Without(map.Arguments[0], factor) * Without(map.Arguments[1], factor)
        : product;

    /// <summary>
    /// Sums a cotangent over the indices that a node has and its part has not: the transpose of broadcasting. An index that the cotangent
    /// does not depend on counts too, as often as it has values.
    /// </summary>
    private static Expr SumOut(Expr cotangent, ImmutableSortedSet<Index> scope, Expr part)
    {
        var own = cotangent.FreeIndices.Except(part.FreeIndices).Reverse();
        var constant = scope.Except(part.FreeIndices).Except(cotangent.FreeIndices);
        return own.Concat(constant).Aggregate(cotangent, (sum, index) => Operators.Sum(index, sum));
    }

    private bool DependsOnWanted(Expr node) => node switch
    {
        Access access => wanted.Contains(access.Tensor),
        Map map => map.Arguments.Any(DependsOnWanted),
        Reduce reduce => DependsOnWanted(reduce.Body),
        Named named => DependsOnWanted(named.Body),
        Surrogate surrogate => DependsOnWanted(surrogate.Derivative),
        MatrixInverse inverse => DependsOnWanted(inverse.Body),
        _ => false,
    };
}
