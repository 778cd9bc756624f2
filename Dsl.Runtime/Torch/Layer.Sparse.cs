using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What layers with masks need.</content>
public abstract partial class Layer
{
    /// <summary>The layer's masked weights; none unless it is declared sparse.</summary>
    public virtual IReadOnlyList<MaskedParameter> GetMaskedParameters() => [];

    /// <summary>A mask with ones at random places, drawn with TorchSharp's random state.</summary>
    /// <param name="branches">1, or the size of a leading axis: each of its slices has a mask of its own.</param>
    /// <param name="ones">How many ones, in each branch.</param>
    /// <param name="size">The mask's shape.</param>
    protected static Tensor RandomMask(long branches, long ones, params long[] size)
    {
        ArgumentNullException.ThrowIfNull(size);
        using var scope = NewDisposeScope();
        var places = size.Aggregate(1L, (product, length) => product * length) / branches;
        var mask = zeros(branches, places);
        for (long branch = 0; branch < branches; branch++)
        {
            mask[branch].index_fill_(0, randperm(places)[..(int)ones], 1);
        }

        return mask.reshape(size).MoveToOuterDisposeScope();
    }

    /// <summary>An immutable managed copy of merged weights, as compressed rows where these are smaller.</summary>
    /// <param name="weight">(out, in).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected FoldedLinear FoldSparseLinear(Tensor weight, Tensor? bias, ActivationGrid? activation = null) => FoldedSparseLinear.Smaller(FoldLinear(weight, bias, activation));

    /// <summary>An immutable managed copy of a merged kernel, as compressed rows where these are smaller.</summary>
    /// <param name="weight">(out, in / groups, kernel, kernel).</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected FoldedConv2d FoldSparseConv2d(Tensor weight, Tensor? bias, Conv2dGeometry geometry, ActivationGrid? activation = null) =>
        FoldedSparseConv2d.Smaller(FoldConv2d(weight, bias, geometry, activation));
}
