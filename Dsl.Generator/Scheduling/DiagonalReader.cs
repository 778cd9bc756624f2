using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>The place on a diagonal: rows and columns of the matrix, and whether diagonals go on at the other side.</summary>
internal sealed record DiagonalPlace(EquatableArray<Index> Axes, bool IsCircular);

/// <summary>A sum over the diagonals of a matrix.</summary>
/// <param name="Values">The matrix.</param>
/// <param name="Place">How it is walked.</param>
internal sealed record DiagonalSum(Expr Values, DiagonalPlace Place);

/// <summary>
/// Recognizes vectors read along diagonals, t[o - i + columns - 1] of a Toeplitz matrix and c[(o - i) mod n] of a circulant one, and the sums that are gradients of such reads.
/// </summary>
internal static class DiagonalReader
{
    public static DiagonalPlace? Of(Access access) => access.At.Count == 1 ? PlaceOf(access.At[0], access.Tensor.Axes[0].Size) : null;

    /// <summary>Σ_o,i values[o,i] · [n = place(o, i)].</summary>
    /// <param name="over">The summed indices.</param>
    /// <param name="factors">The factors of the summed product.</param>
    /// <param name="wanted">The axes of the result.</param>
    public static DiagonalSum? Read(IReadOnlyList<Index> over, IReadOnlyList<Expr> factors, EquatableArray<Index> wanted)
    {
        var masks = factors.OfType<Inside>().ToArray();
        if (over.Count != 2 || wanted.Count != 1 || masks.Length != 1 || factors.Count < 2 || masks[0].Size != Size.One)
        {
            return null;
        }

        var own = new IndexTerm(wanted[0], Size.One);
        var place = wanted[0] + (-Size.One * masks[0].At);
        var values = factors.Where(factor => factor is not Inside).Aggregate((left, right) => left * right);
        return masks[0].At.Terms.Contains(own) && PlaceOf(place, wanted[0].Size) is { } found && found.Axes.All(over.Contains) && values.FreeIndices.SetEquals(over)
            ? new DiagonalSum(values, found)
            : null;
    }

    private static DiagonalPlace? PlaceOf(AffineIndex place, Size size)
    {
        var isCircular = place.Single?.Part is IndexPart.Remainder;
        var line = place.Single?.Part is IndexPart.Remainder remainder ? remainder.Of : place;
        var rows = line.Terms.Where(term => term.Factor == Size.One).ToArray();
        var columns = line.Terms.Where(term => term.Factor == Size.Of(-1)).ToArray();
        if (line.Terms.Count != 2 || rows.Length != 1 || columns.Length != 1 || rows[0].Index.Part is not null || columns[0].Index.Part is not null)
        {
            return null;
        }

        var (row, column) = (rows[0].Index, columns[0].Index);
        var fits = isCircular
            ? line.Offset.IsZero && row.Size == size && column.Size == size && ((IndexPart.Remainder)place.Single!.Part!).Divisor == size
            : line.Offset == column.Size - Size.One && size == row.Size + column.Size - Size.One;
        return fits ? new DiagonalPlace([row, column], isCircular) : null;
    }
}
