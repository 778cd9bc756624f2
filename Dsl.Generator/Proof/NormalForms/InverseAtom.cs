using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>An element of the inverse of a matrix whose elements are a normal form. Matrices with one normal form have one inverse (congruence).</summary>
internal sealed class InverseAtom : Atom
{
    public InverseAtom(Index rows, Index columns, Polynomial body, AffineIndex row, AffineIndex column)
        : base(IndicesOf([row, column]), body.Height + 1, body.Length + 1)
    {
        Rows = rows;
        Columns = columns;
        Body = body;
        Row = row;
        Column = column;
    }

    /// <summary>Counts the rows of the matrix; its name is taken inside of the body only.</summary>
    public Index Rows { get; }

    /// <summary>Counts the columns of the matrix; its name is taken inside of the body only.</summary>
    public Index Columns { get; }

    /// <summary>The matrix, which depends on no other index.</summary>
    public Polynomial Body { get; }

    public AffineIndex Row { get; }

    public AffineIndex Column { get; }

    /// <summary>The body has no index that stands for something outside, so that its key says all.</summary>
    public override string Print(Func<Index, string> nameOf) => "inverse<" + Rows.Size + " " + Body.Key + "[" + Print(Row, nameOf) + "," + Print(Column, nameOf) + "]";

    public override Polynomial Reindex(Algebra algebra, Func<Index, AffineIndex?> place)
    {
        algebra.Steps.Take();
        return Polynomial.Of(new InverseAtom(Rows, Columns, Body, Row.Substitute(place), Column.Substitute(place)));
    }
}
