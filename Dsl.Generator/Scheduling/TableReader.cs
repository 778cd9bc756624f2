using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>A sum that adds rows to those of a table that indices name, with its parts.</summary>
/// <param name="Rows">The rows to add, as an expression.</param>
/// <param name="RowAxes">Their axes: the place in the table of indices, then those of a row.</param>
/// <param name="Table">The indices.</param>
/// <param name="Padding">The row that stays zero; null for none.</param>
internal sealed record RowSum(Expr Rows, EquatableArray<Index> RowAxes, Tensor Table, long? Padding);

/// <summary>Recognizes rows of a tensor that are read through a table of indices, and the sums that are gradients of such reads.</summary>
internal static class TableReader
{
    /// <summary>The table of indices through which a tensor's rows are read: W[x[b], e].</summary>
    public static Tensor? TableOf(Access access) =>
        access.At.Count > 1 && EntryOf(access.At[0]) is { } entry && access.At.Skip(1).All(at => at.Plain is not null) ? entry : null;

    /// <summary>Σ_b rows[b,e]·[v = x[b]], possibly without one row: (1 - [x[b] = p]).</summary>
    /// <param name="over">The summed indices.</param>
    /// <param name="factors">The factors of the summed product.</param>
    /// <param name="wanted">The axes of the result.</param>
    public static RowSum? Read(IReadOnlyList<Index> over, IReadOnlyList<Expr> factors, EquatableArray<Index> wanted)
    {
        if (over.Count != 1 || wanted.Count < 2 || factors.OfType<Inside>().Select(mask => Selected(mask, wanted[0])).FirstOrDefault(table => table is not null) is not { } table)
        {
            return null;
        }

        var others = factors.Where(factor => factor is not Inside mask || Selected(mask, wanted[0]) is null).ToArray();
        var padding = others.Select(factor => PaddingOf(factor, table)).FirstOrDefault(row => row is not null);
        var rows = others.Where(factor => PaddingOf(factor, table) is null).ToArray();
        EquatableArray<Index> axes = [over[0], .. wanted.Skip(1)];
        return rows.Length > 0 && rows.All(factor => factor is not Inside && factor.FreeIndices.All(axes.Contains))
            ? new RowSum(rows.Aggregate((left, right) => left * right), axes, table, padding)
            : null;
    }

    /// <summary>The table whose entry is set equal to an index of the result.</summary>
    private static Tensor? Selected(Inside mask, Index row) =>
        mask.Size == Size.One && mask.At.Offset.IsZero && mask.At.Terms.Count == 2 && mask.At.Terms.Any(term => term.Index == row)
            ? EntryOf(mask.At.Terms.First(term => term.Index != row).Index)
            : null;

    private static long? PaddingOf(Expr factor, Tensor table) =>
        factor is Map { Function: Function.Subtract } kept && kept.Arguments[0] is Literal { Value.IsOne: true } && kept.Arguments[1] is Inside mask
        && mask.Size == Size.One && mask.At.Terms.Count == 1 && EntryOf(mask.At.Terms[0].Index) == table
            ? -mask.At.Offset.Constant
            : null;

    private static Tensor? EntryOf(AffineIndex place) => place.Single is { } index ? EntryOf(index) : null;

    private static Tensor? EntryOf(Index index) => index.Part is IndexPart.Entry { At.Count: 1 } entry && entry.At[0].Plain is not null ? entry.Table : null;
}
