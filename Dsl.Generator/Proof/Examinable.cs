using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof;

/// <summary>
/// What a proof can look at. It recurses into expressions, on the compiler's stack, and writes them out, which grows exponentially where parts
/// are shared; the names that begin with $ are those of its own indices.
/// </summary>
internal static class Examinable
{
    /// <summary>Below half a megabyte of stack: 400 overflow one of a megabyte, which is all that a compiler's threads have on some systems.</summary>
    public const int DeepestNesting = 100;

    /// <summary>A hundred times the longest form of a layer here.</summary>
    public const long LongestForm = 1_000_000;

    /// <summary>Why a proof cannot look at the expressions, in words; null where it can.</summary>
    public static string? Objection(IReadOnlyList<Expr> expressions)
    {
        // The depth comes first: what else looks at an expression recurses.
        if (expressions.Max(expression => expression.Depth) is var depth and > DeepestNesting)
        {
            return $"nothing was tried: expressions are nested {depth} deep, and the proof looks at {DeepestNesting}";
        }

        if (expressions.Max(expression => expression.Length) is var length and > LongestForm)
        {
            return $"nothing was tried: written out, a form has {(length < long.MaxValue >> 3 ? length.ToString(System.Globalization.CultureInfo.InvariantCulture) : "more than 10^17")} parts, and the proof looks at {LongestForm}";
        }

        return expressions.SelectMany(IndicesOf).FirstOrDefault(index => index.Name.StartsWith("$", StringComparison.Ordinal)) is { } reserved
            ? $"nothing was tried: the index '{reserved.Name}' has a name of the proof's own; no name may begin with $"
            : null;
    }

    private static IEnumerable<Ir.Index> IndicesOf(Expr expr) => expr switch
    {
        Named named => IndicesOf(named.Body),
        Surrogate surrogate => IndicesOf(surrogate.Value).Concat(IndicesOf(surrogate.Derivative)),
        Reduce reduce => IndicesOf(reduce.Body).Prepend(reduce.Index),
        MatrixInverse inverse => IndicesOf(inverse.Body).Concat(inverse.FreeIndexList).Prepend(inverse.Rows).Prepend(inverse.Columns),
        Map map => map.Arguments.SelectMany(IndicesOf),
        _ => expr.FreeIndexList,
    };
}
