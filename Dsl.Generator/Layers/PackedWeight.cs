using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Generator.Layers;

/// <summary>The inputs of a weight as groups of a fixed size: input = size of Place · Group + Place.</summary>
internal sealed record IndexSplit(Index Group, Index Place, Index Whole)
{
    /// <summary>The input that a place of a group is.</summary>
    public AffineIndex Merged => (Place.Size * Group) + Place;

    /// <summary>An expression over whole inputs, read at places of groups.</summary>
    public Expr Open(Expr expr) => expr.Reindex([Whole], [Merged]);
}

/// <summary>A weight that folds to codes: its grid's codes and scales, and the axes of both.</summary>
internal sealed record PackedWeight(Coded Coded, EquatableArray<Index> Axes, EquatableArray<Index> ScaleAxes, int Bits, string Scheme)
{
    public Tensor Codes => new("codes", TensorRole.Folded, Axes);

    public Tensor Scale => new("scales", TensorRole.Folded, ScaleAxes);

    public Tensor? Zero => Coded.Zero is null ? null : new("zeros", TensorRole.Folded, ScaleAxes);

    /// <summary>The weight from folded codes.</summary>
    public Expr Decoded => Coded.Decode(Codes.All, Scale.All, Zero?.All);

    /// <summary>How the folded tensors come from the stored ones.</summary>
    public IEnumerable<Proof.FoldDefinition> Folds
    {
        get
        {
            yield return new(Codes, Coded.Codes);
            yield return new(Scale, Coded.Scale);
            if (Coded.Zero is { } zero)
            {
                yield return new(Zero!, zero);
            }
        }
    }
}
