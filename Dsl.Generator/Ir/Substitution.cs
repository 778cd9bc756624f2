namespace LayerDsl.Generator.Ir;

/// <summary>Rewriting of expressions: by index, by tensor, or bottom-up by any rule.</summary>
internal static class Substitution
{
    /// <summary>
    /// Replaces accesses of some tensors by expressions: <paramref name="definitionOf"/> gives the defining expression over the
    /// tensor's own axes, or null to leave the tensor alone. The axes are renamed to the places where the tensor is read.
    /// </summary>
    public static Expr Inline(this Expr expr, Func<Tensor, Expr?> definitionOf) => expr.Rewrite(node =>
        node is Access access && definitionOf(access.Tensor) is { } definition
            ? definition.Reindex(access.Tensor.Axes, access.At)
            : node);

    /// <summary>Reads the expression elsewhere: index <c>from[k]</c> becomes the place <c>to[k]</c>, all at once.</summary>
    public static Expr Reindex(this Expr expr, IReadOnlyList<Index> from, IReadOnlyList<AffineIndex> to)
    {
        var places = new Dictionary<Index, AffineIndex>();
        for (var i = 0; i < from.Count; i++)
        {
            if (to[i].Plain != from[i])
            {
                places[from[i]] = to[i];
            }
        }

        return places.Count == 0 ? expr : Reindex(expr, places);
    }

    /// <summary>Replaces every occurrence of a part, as it stands; nothing else is rebuilt.</summary>
    public static Expr Replace(this Expr expr, Expr part, Expr by) => expr.Equals(part) ? by : expr switch
    {
        Map map => new Map(map.Function, map.Arguments.Select(argument => argument.Replace(part, by)).ToEquatableArray()),
        Reduce reduce => new Reduce(reduce.Reduction, reduce.Index, reduce.Body.Replace(part, by)),
        Named named => named.With(named.Body.Replace(part, by), other => other.Replace(part, by)),
        Surrogate surrogate => new Surrogate(surrogate.Name, surrogate.Value.Replace(part, by), surrogate.Derivative.Replace(part, by)),
        MatrixInverse inverse => inverse.With(inverse.Body.Replace(part, by)),
        _ => expr,
    };

    /// <summary>Rebuilds the expression from its leaves up, passing every rebuilt node through <paramref name="rule"/>.</summary>
    public static Expr Rewrite(this Expr expr, Func<Expr, Expr> rule) => rule(expr switch
    {
        Map map => Simplifier.Map(map.Function, map.Arguments.Select(argument => argument.Rewrite(rule)).ToArray()),
        Reduce reduce => Simplifier.Reduce(reduce.Reduction, reduce.Index, reduce.Body.Rewrite(rule)),
        Named named => named.Body.Rewrite(rule) is var body && body is Literal ? body : named.With(body, other => other.Rewrite(rule)),
        Surrogate surrogate => new Surrogate(surrogate.Name, surrogate.Value.Rewrite(rule), surrogate.Derivative.Rewrite(rule)),
        MatrixInverse inverse => inverse.With(inverse.Body.Rewrite(rule)),
        _ => expr,
    });

    private static Expr Reindex(Expr expr, Dictionary<Index, AffineIndex> places)
    {
        AffineIndex? Find(Index index) => places.TryGetValue(index, out var place) ? place : null;
        if (!expr.FreeIndices.Any(places.ContainsKey))
        {
            return expr;
        }

        return expr switch
        {
            Access access => new Access(access.Tensor, access.At.Select(at => at.Substitute(Find)).ToEquatableArray()),
            Inside inside => new Inside(inside.At.Substitute(Find), inside.Size),
            Map map => Simplifier.Map(map.Function, map.Arguments.Select(argument => Reindex(argument, places)).ToArray()),

            // Read where a table or a group says, the value is another one, which the name would not tell apart.
            Named { Pullback: null } named when named.FreeIndices.Any(index => Find(index) is { } place && place.Terms.Any(term => term.Index.Part is not null)) => Reindex(named.Body, places),
            Named named => named.With(Reindex(named.Body, places), other => Reindex(other, places)),
            Surrogate surrogate => new Surrogate(surrogate.Name, Reindex(surrogate.Value, places), Reindex(surrogate.Derivative, places)),
            MatrixInverse inverse => inverse.Read(inverse.Row.Substitute(Find), inverse.Column.Substitute(Find)),
            Reduce reduce => ReindexBound(reduce, places),
            _ => expr,
        };
    }

    /// <summary>Renames the bound index first where a new place mentions it: otherwise the reduction would capture it.</summary>
    private static Expr ReindexBound(Reduce reduce, Dictionary<Index, AffineIndex> places)
    {
        var visible = places.Where(pair => pair.Key != reduce.Index).ToDictionary(pair => pair.Key, pair => pair.Value);
        var taken = new HashSet<string>(
            visible.Where(pair => reduce.Body.FreeIndices.Contains(pair.Key))
                .SelectMany(pair => pair.Value.Roots).Select(index => index.Name)
                .Concat(reduce.FreeIndices.Select(index => index.Name)));
        var bound = reduce.Index;
        while (taken.Contains(bound.Name))
        {
            bound = bound with { Name = bound.Name + "'" };
        }

        if (bound != reduce.Index)
        {
            visible[reduce.Index] = bound;
        }

        return Simplifier.Reduce(reduce.Reduction, bound, Reindex(reduce.Body, visible));
    }
}
