using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof;

/// <summary>
/// Replaces the named parts that both sides of a claim contain by tensors of any value. What holds for every value of these holds for
/// theirs, and the normal forms stay small; where it does not hold, the parts themselves may still make it true.
/// </summary>
internal static class SharedParts
{
    public const string Law = "parts that both forms share stand for any value";

    /// <summary>Both sides with their shared parts replaced, or null where they share none.</summary>
    public static (Expr Left, Expr Right)? Abstract(Expr left, Expr right)
    {
        var shared = new HashSet<Expr>(PartsOf(left).Intersect(PartsOf(right)));
        if (shared.Count == 0)
        {
            return null;
        }

        var names = new Dictionary<Expr, string>();
        return (Abstract(left, shared, names), Abstract(right, shared, names));
    }

    private static Expr Abstract(Expr expr, HashSet<Expr> shared, Dictionary<Expr, string> names) => expr switch
    {
        Named named when shared.Contains(named.Body) => Stand(named, names),
        Named named => new Named(named.Name, Abstract(named.Body, shared, names)),
        Map map => new Map(map.Function, map.Arguments.Select(argument => Abstract(argument, shared, names)).ToEquatableArray()),
        Reduce reduce => new Reduce(reduce.Reduction, reduce.Index, Abstract(reduce.Body, shared, names)),
        Surrogate surrogate => Abstract(surrogate.Value, shared, names),
        MatrixInverse inverse => inverse.With(Abstract(inverse.Body, shared, names)),
        _ => expr,
    };

    private static Expr Stand(Named named, Dictionary<Expr, string> names)
    {
        if (!names.TryGetValue(named.Body, out var name))
        {
            names[named.Body] = name = "any " + named.Name + " " + names.Count;
        }

        return new Tensor(name, TensorRole.Input, named.FreeIndexList.ToEquatableArray()).All;
    }

    private static IEnumerable<Expr> PartsOf(Expr expr) => expr switch
    {
        Named named => PartsOf(named.Body).Prepend(named.Body),
        Map map => map.Arguments.SelectMany(PartsOf),
        Reduce reduce => PartsOf(reduce.Body),
        Surrogate surrogate => PartsOf(surrogate.Value),
        MatrixInverse inverse => PartsOf(inverse.Body),
        _ => [],
    };
}
