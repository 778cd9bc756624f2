using static TorchSharp.torch;

namespace LayerDsl.Examples.Comparison;

/// <summary>A model that is compared with others of the same layers.</summary>
/// <param name="Scheme">The scheme of its weights.</param>
/// <param name="Bits">The bits of its weights.</param>
/// <param name="New">Makes it.</param>
/// <param name="Fold">Folds it.</param>
/// <param name="Verify">Compares it with its folded form on a sample.</param>
/// <param name="AreInputsRounded">Whether inputs of layers are rounded too.</param>
public sealed record Variant(
    string Scheme,
    int Bits,
    Func<nn.Module<Tensor, Tensor>> New,
    Func<nn.Module<Tensor, Tensor>, FoldedModel> Fold,
    Func<nn.Module<Tensor, Tensor>, Tensor, FoldReport> Verify,
    bool AreInputsRounded)
{
    /// <summary>What <see cref="Bits"/> is for 32-bit floats.</summary>
    public const int FullPrecision = 32;

    /// <summary>Takes the members of a model, which each model has on its own.</summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="scheme">The scheme of its weights.</param>
    /// <param name="bits">The bits of its weights.</param>
    /// <param name="create">Makes it.</param>
    /// <param name="fold">Folds it.</param>
    /// <param name="verify">Compares it with its folded form on a sample.</param>
    /// <param name="areInputsRounded">Whether inputs of layers are rounded too.</param>
    public static Variant Of<TModel>(string scheme, int bits, Func<TModel> create, Func<TModel, FoldedModel> fold, Func<TModel, Tensor, FoldReport> verify, bool areInputsRounded = false)
        where TModel : nn.Module<Tensor, Tensor> =>
        new(scheme, bits, create, model => fold((TModel)model), (model, sample) => verify((TModel)model, sample), areInputsRounded);
}
