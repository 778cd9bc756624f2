using static TorchSharp.torch;

namespace LayerDsl.Sparse;

/// <summary>
/// One update of a mask. Masks are rows, one for each branch. The number of ones in a row is the
/// same before and after.
/// </summary>
internal static class MaskUpdate
{
    /// <summary>Drops the live weights of smallest magnitude and grows as many dead ones of highest score.</summary>
    /// <param name="part">The weight and its mask.</param>
    /// <param name="score">What to grow by; only its order at dead places counts.</param>
    /// <param name="fraction">The share of live weights to drop.</param>
    /// <returns>The new mask, and how many weights moved.</returns>
    public static (Tensor Mask, long Moved) Make(MaskedParameter part, Tensor score, double fraction)
    {
        var (weight, mask) = (part.Weight, part.Mask);
        using var scope = NewDisposeScope();
        var rows = mask.reshape(part.Branches, -1);
        var ones = (long)Math.Round(rows[0].sum().to_type(ScalarType.Float64).item<double>());

        // As many as are free to grow at: what is dropped in an update does not grow in it.
        var moved = Math.Min((long)Math.Round(fraction * ones), rows.shape[1] - ones);
        if (moved == 0)
        {
            return (mask.clone().MoveToOuterDisposeScope(), 0);
        }

        var alive = rows > 0.5;
        var magnitude = weight.detach().abs().reshape(rows.shape).masked_fill(alive.logical_not(), double.PositiveInfinity);
        var dropped = magnitude.topk((int)moved, 1, largest: false).indexes;
        var grown = score.detach().reshape(rows.shape).masked_fill(alive, double.NegativeInfinity).topk((int)moved, 1).indexes;
        var changed = rows.clone().scatter_(1, dropped, zeros_like(dropped).to_type(rows.dtype)).scatter_(1, grown, ones_like(grown).to_type(rows.dtype));
        return (changed.reshape(mask.shape).MoveToOuterDisposeScope(), moved * rows.shape[0]);
    }
}
