using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>The laws of inverse matrices.</summary>
internal sealed partial class Algebra
{
    public const string InversesExist = "matrices that are inverted are not singular";

    /// <summary>An element of an inverse: equal matrices have equal ones, a factor moves out, and (Mᵀ)⁻¹ = (M⁻¹)ᵀ is one of both.</summary>
    /// <param name="rows">Counts the rows of the matrix.</param>
    /// <param name="columns">Counts its columns.</param>
    /// <param name="body">The matrix, which depends on no other index.</param>
    /// <param name="row">The row that is read.</param>
    /// <param name="column">The column that is read.</param>
    public Polynomial Inverse(Index rows, Index columns, Polynomial body, AffineIndex row, AffineIndex column)
    {
        Steps.Take(1 + (body.Length / AtomsPerStep));
        Steps.Assume(InversesExist);
        var (own, transposed) = (new Index("$" + (body.Height + 1) + ".row", rows.Size), new Index("$" + (body.Height + 1) + ".column", rows.Size));
        Polynomial Named(Index first, Index second) => body.Reindex(this, index => index == rows ? (AffineIndex)first : index == columns ? (AffineIndex)second : null);
        var (straightScale, straight) = Monic(Named(own, transposed), keepSign: false);
        var (turnedScale, turned) = Monic(Named(transposed, own), keepSign: false);
        var isTurned = string.CompareOrdinal(turned.Key, straight.Key) < 0;
        if (isTurned)
        {
            Steps.Use("the inverse of a transpose is the transpose of the inverse");
        }

        var atom = isTurned ? new InverseAtom(own, transposed, turned, column, row) : new InverseAtom(own, transposed, straight, row, column);
        return Polynomial.Of(atom) * (1 / (isTurned ? turnedScale : straightScale));
    }
}
