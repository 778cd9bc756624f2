using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator.Layers;

/// <summary>Everything that the later stages need to know of a layer: both forms, what is stored, how it starts.</summary>
/// <param name="Title">The declaration in words: <c>Linear(784 → 512), Compander</c>.</param>
/// <param name="Input">The input, its leading dimensions flattened into the first axis.</param>
/// <param name="Order">The indices in the order in which intermediate tensors keep them.</param>
/// <param name="Claim">The training form, the inference form and the fold between them.</param>
/// <param name="Sizes">The declared value of every size symbol; the batch has none.</param>
internal sealed record LayerForms(
    string Name,
    string Title,
    int InFeatures,
    int OutFeatures,
    Tensor Input,
    EquatableArray<Index> Order,
    EquatableArray<Index> OutputAxes,
    Claim Claim,
    EquatableArray<StoredTensor> Stored,
    EquatableArray<InitStep> Initialization,
    EquatableArray<MethodNote> Notes,
    EquatableArray<SizeBinding> Sizes)
{
    public Expr Training => Claim.Training;

    public Tensor? Bias => Stored.FirstOrDefault(stored => stored.Tensor.Name == "bias")?.Tensor;

    /// <summary>The folded weight and how it comes from the stored tensors.</summary>
    public FoldDefinition FoldedWeight => Claim.Folds[0];

    /// <summary>The declared value of a size; the batch counts as one, so that costs are per sample.</summary>
    public long Evaluate(Size size) => size.Evaluate(symbol => Sizes.FirstOrDefault(binding => binding.Symbol == symbol) is { Value: > 0 } binding ? binding.Value : 1);
}

/// <summary>The declared value of a size symbol.</summary>
internal readonly record struct SizeBinding(string Symbol, long Value);
