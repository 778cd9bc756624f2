using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>A sum that adds rows to those of a table that indices name, with its parts.</summary>
/// <param name="Rows">The rows to add, as an expression.</param>
/// <param name="RowAxes">Their axes: the places in the table of indices, then those of a row.</param>
/// <param name="Axes">The axes of the result: the row, then those of a row.</param>
/// <param name="Table">The indices.</param>
/// <param name="Padding">The row that stays zero; null for none.</param>
internal sealed record RowSum(Expr Rows, EquatableArray<Index> RowAxes, EquatableArray<Index> Axes, Tensor Table, long? Padding);

/// <summary>Recognizes rows of a tensor that are read through a table of indices, and the sums that are gradients of such reads.</summary>
internal static class TableReader
{
    /// <summary>The entry of a table of indices through which a tensor's rows are read: W[x[b], e], or W[t[o,i]].</summary>
    public static IndexPart.Entry? TableOf(Access access) =>
        access.At.Count > 0 && EntryOf(access.At[0]) is { } entry && access.At.Skip(1).All(at => at.Plain is not null)
        && entry.At.Concat(access.At.Skip(1)).Select(at => at.Plain).Distinct().Count() == entry.At.Count + access.At.Count - 1 ? entry : null;

    /// <summary>Σ_b rows[b,e]·[v = x[b]], possibly without one row: (1 - [x[b] = p]). Rows may be sums themselves.</summary>
    /// <param name="over">The summed indices: those of the table, and others.</param>
    /// <param name="factors">The factors of the summed product.</param>
    /// <param name="wanted">The axes of the result, in any order.</param>
    public static RowSum? Read(IReadOnlyList<Index> over, IReadOnlyList<Expr> factors, EquatableArray<Index> wanted)
    {
        var found = wanted.SelectMany(index => factors.OfType<Inside>().Select(mask => (Row: index, Mask: mask, Entry: Selected(mask, index)))).FirstOrDefault(pair => pair.Entry is not null);
        if (found.Entry is not { } entry || !entry.At.All(at => over.Contains(at.Plain!)))
        {
            return null;
        }

        var others = factors.Where(factor => !ReferenceEquals(factor, found.Mask)).ToArray();
        var padding = others.Select(factor => PaddingOf(factor, entry.Table)).FirstOrDefault(row => row is not null);
        var rest = wanted.Where(index => index != found.Row).ToArray();
        EquatableArray<Index> axes = [.. entry.At.Select(at => at.Plain!), .. rest];
        var summed = over.Where(index => !axes.Contains(index)).Reverse();
        var rows = others.Where(factor => PaddingOf(factor, entry.Table) is null).ToArray();
        return rows.Length > 0 && !rows.OfType<Inside>().Any() && rows.SelectMany(factor => factor.FreeIndices).Except(over).All(axes.Contains) && axes.All(axis => rows.Any(factor => factor.FreeIndices.Contains(axis)))
            ? new RowSum(summed.Aggregate(rows.Aggregate((left, right) => left * right), (body, index) => new Reduce(Reduction.Sum, index, body)), axes, [found.Row, .. rest], entry.Table, padding)
            : null;
    }

    /// <summary>Σ_v f(v)·[v = x[b]] = f(x[b]): the summed indices and the factors that remain.</summary>
    public static (IReadOnlyList<Index> Over, IReadOnlyList<Expr> Factors) Select((IReadOnlyList<Index> Over, IReadOnlyList<Expr> Factors) sum)
    {
        var (over, factors) = sum;
        foreach (var mask in factors.OfType<Inside>())
        {
            if (over.FirstOrDefault(index => Selected(mask, index) is not null) is { } row && Selected(mask, row) is { } entry && !entry.Roots.Contains(row))
            {
                var place = Places.Entry(entry.Table, entry.At.ToArray());
                return Select((over.Where(index => index != row).ToArray(), factors.Where(factor => !ReferenceEquals(factor, mask)).Select(factor => factor.Reindex([row], [place])).ToArray()));
            }
        }

        return (over, factors);
    }

    /// <summary>The entry that is set equal to an index of the result.</summary>
    private static IndexPart.Entry? Selected(Inside mask, Index row) =>
        mask.Size == Size.One && mask.At.Offset.IsZero && mask.At.Terms.Count == 2 && mask.At.Terms.Any(term => term.Index == row)
            ? EntryOf(mask.At.Terms.First(term => term.Index != row).Index)
            : null;

    private static long? PaddingOf(Expr factor, Tensor table) =>
        factor is Map { Function: Function.Subtract } kept && kept.Arguments[0] is Literal { Value.IsOne: true } && kept.Arguments[1] is Inside mask
        && mask.Size == Size.One && mask.At.Terms.Count == 1 && EntryOf(mask.At.Terms[0].Index)?.Table == table
            ? -mask.At.Offset.Constant
            : null;

    private static IndexPart.Entry? EntryOf(AffineIndex place) => place.Single is { } index ? EntryOf(index) : null;

    private static IndexPart.Entry? EntryOf(Index index) =>
        index.Part is IndexPart.Entry entry && entry.At.Select(at => at.Plain).OfType<Index>().Distinct().Count() == entry.At.Count ? entry : null;
}
