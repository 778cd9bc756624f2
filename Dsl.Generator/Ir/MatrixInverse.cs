namespace LayerDsl.Generator.Ir;

/// <summary>
/// An element of the inverse of a square matrix, M⁻¹[row, column] with M[r, c] = <see cref="Body"/>. The matrix depends on no index but the two that it
/// binds, so that the inverse is one value wherever it is read.
/// </summary>
internal sealed class MatrixInverse : Expr
{
    public MatrixInverse(Index rows, Index columns, Expr body, AffineIndex row, AffineIndex column)
        : base(Mix(Mix(Mix(701, rows.GetHashCode()), Mix(columns.GetHashCode(), body.GetHashCode())), Mix(row.GetHashCode(), column.GetHashCode())), NoIndices.Union(row.Roots).Union(column.Roots), body)
    {
        Rows = rows;
        Columns = columns;
        Body = body;
        Row = row;
        Column = column;
        Shapes.CheckInverse(this);
    }

    /// <summary>Counts the rows of the matrix, as its body says; bound here.</summary>
    public Index Rows { get; }

    /// <summary>Counts the columns of the matrix; bound here.</summary>
    public Index Columns { get; }

    public Expr Body { get; }

    /// <summary>The row of the inverse that is read: a place among the columns of the matrix.</summary>
    public AffineIndex Row { get; }

    /// <summary>The column of the inverse that is read: a place among the rows of the matrix.</summary>
    public AffineIndex Column { get; }

    /// <summary>The whole inverse, over the indices that the matrix has.</summary>
    public MatrixInverse Whole => Read(Columns, Rows);

    /// <summary>The same inverse at another place.</summary>
    public MatrixInverse Read(AffineIndex row, AffineIndex column) => new(Rows, Columns, Body, row, column);

    /// <summary>The inverse of a rewritten matrix, at the same place.</summary>
    public MatrixInverse With(Expr body) => new(Rows, Columns, body, Row, Column);

    private protected override bool SameAs(Expr other) =>
        other is MatrixInverse inverse && Rows == inverse.Rows && Columns == inverse.Columns && Row == inverse.Row && Column == inverse.Column && Body.Equals(inverse.Body);
}
