using LayerDsl.Generator.Ir;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Generator.Own;

/// <summary>Operators of matrices, in index notation: operands are brought to the same indices, and sums get indices of their own.</summary>
internal sealed class MatrixAlgebra
{
    private const string Letters = "jklmnpqst";

    private readonly HashSet<string> taken;
    private int last;

    /// <param name="taken">The names of indices that mean something else.</param>
    public MatrixAlgebra(IEnumerable<string> taken) => this.taken = [.. taken];

    /// <summary>A pointwise function.</summary>
    public Matrix Map(Function function, params Matrix[] operands)
    {
        var aligned = operands.Skip(1).Aggregate(new List<Matrix> { operands[0] }, (all, next) =>
        {
            var frame = all.Aggregate(Union);
            all.Add(Renamed(next, frame));
            return all;
        });
        var result = aligned.Aggregate(Union);
        return result.With(Simplifier.Map(function, aligned.Select(operand => operand.Expr).ToArray()));
    }

    /// <summary>A reduction; a side of size 1 stays as it is.</summary>
    public static Matrix Reduce(Reduction reduction, Matrix x, bool overRows, bool overColumns)
    {
        var over = (overRows ? x.Rows : []).Concat(overColumns ? x.Columns : []).OfType<Index>().ToArray();
        return new Matrix(
            over.AsEnumerable().Reverse().Aggregate(x.Expr, (body, index) => Simplifier.Reduce(reduction, index, body)),
            overRows ? [null] : x.Rows,
            overColumns ? [null] : x.Columns);
    }

    /// <summary>How many values a reduction runs over.</summary>
    public static Expr Count(Matrix x, bool overRows, bool overColumns) => (overRows ? x.Rows : []).Concat(overColumns ? x.Columns : []).OfType<Index>()
        .Aggregate((Expr)1, (product, index) => product * new SizeValue(index.Size));

    /// <summary>Σ_k a[·,k]·b[k,·].</summary>
    public Matrix Product(Matrix a, Matrix b)
    {
        if (a.Columns.Count != b.Rows.Count || !a.Columns.Zip(b.Rows, (left, right) => left?.Size == right?.Size).All(isSame => isSame))
        {
            throw new MatrixException($"the columns of the left matrix, {a.SizeText}, are not the rows of the right one, {b.SizeText}");
        }

        var bound = a.Columns.Select(index => index is null ? null : Fresh(index.Size)).ToArray();
        var left = Substitute(a.Expr, a.Columns, bound);
        var right = Substitute(b.Expr, b.Rows, bound);
        var columns = b.Columns.Select(index => index is not null && a.Rows.Contains(index) ? Fresh(index.Size) : index).ToArray();
        right = Substitute(right, b.Columns, columns);
        return new Matrix(bound.OfType<Index>().Reverse().Aggregate(left * right, (body, index) => Operators.Sum(index, body)), a.Rows, columns);
    }

    public static Matrix Transposed(Matrix x) => new(x.Expr, x.Columns, x.Rows);

    /// <summary>The matrix over given indices, which must have its sizes; what it lacks it is repeated along.</summary>
    public static Expr Over(Matrix x, IReadOnlyList<Index?> rows, IReadOnlyList<Index?> columns, string meaning)
    {
        var (ownRows, ownColumns) = (Spread(x.Rows, rows), Spread(x.Columns, columns));
        return Fits(ownRows, rows) && Fits(ownColumns, columns)
            ? Substitute(x.Expr, [.. ownRows, .. ownColumns], [.. rows, .. columns])
            : throw new MatrixException($"{meaning} is {new Matrix(x.Expr, rows, columns).SizeText}, but the formula gives {x.SizeText}");
    }

    /// <summary>An index of its own.</summary>
    public Index Fresh(Size size)
    {
        while (true)
        {
            var name = last < Letters.Length ? Letters[last].ToString() : "k" + (last - Letters.Length + 1);
            last++;
            if (taken.Add(name))
            {
                return new Index(name, size);
            }
        }
    }

    /// <summary>Brings an operand to the indices of a frame; an index that the frame lacks stays, unless it means something else there.</summary>
    private Matrix Renamed(Matrix x, Matrix frame)
    {
        var rows = Aligned(x, Spread(x.Rows, frame.Rows), frame, Spread(frame.Rows, x.Rows));
        var columns = Aligned(x, Spread(x.Columns, frame.Columns), frame, Spread(frame.Columns, x.Columns));
        return new Matrix(Substitute(x.Expr, [.. Spread(x.Rows, frame.Rows), .. Spread(x.Columns, frame.Columns)], [.. rows, .. columns]), rows, columns);
    }

    private Index?[] Aligned(Matrix x, IReadOnlyList<Index?> own, Matrix frame, IReadOnlyList<Index?> wanted)
    {
        if (own.Count != wanted.Count || own.Zip(wanted, (a, b) => a is not null && b is not null && a.Size != b.Size).Contains(true))
        {
            throw new MatrixException($"one side is {frame.SizeText}, the other {x.SizeText}");
        }

        return own.Zip(wanted, (a, b) => a is null ? null : b ?? (frame.Sides.Contains(a) ? Fresh(a.Size) : a)).ToArray();
    }

    /// <summary>The indices of both together.</summary>
    private static Matrix Union(Matrix a, Matrix b) => new(a.Expr, Union(a.Rows, b.Rows), Union(a.Columns, b.Columns));

    private static Index?[] Union(IReadOnlyList<Index?> a, IReadOnlyList<Index?> b) => Spread(a, b).Zip(Spread(b, a), (left, right) => left ?? right).ToArray();

    /// <summary>A side of size 1 has as many indices as the other operand's, all of them missing.</summary>
    private static IReadOnlyList<Index?> Spread(IReadOnlyList<Index?> side, IReadOnlyList<Index?> other) =>
        side.Count < other.Count && side.All(index => index is null) ? new Index?[other.Count] : side;

    private static bool Fits(IReadOnlyList<Index?> own, IReadOnlyList<Index?> wanted) =>
        own.Count == wanted.Count && own.Zip(wanted, (a, b) => a is null || (b is not null && a.Size == b.Size)).All(fits => fits);

    private static Expr Substitute(Expr expr, IReadOnlyList<Index?> from, IReadOnlyList<Index?> to)
    {
        var pairs = from.Zip(to, (a, b) => (From: a, To: b)).Where(pair => pair.From is not null && pair.To is not null && pair.From != pair.To).ToArray();
        return pairs.Length == 0 ? expr : expr.Reindex(pairs.Select(pair => pair.From!).ToArray(), pairs.Select(pair => (AffineIndex)pair.To!).ToArray());
    }
}
