using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Generator.Layers;

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
