using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof;

/// <summary>One tensor that folding computes: its value from the stored tensors, over the tensor's own axes.</summary>
internal sealed record FoldDefinition(Tensor Folded, Expr Value);

/// <summary>
/// What is to be shown of a layer: for all inputs, stored tensors and sizes, the training form equals the inference form
/// after every folded tensor is replaced by its definition, under the side conditions.
/// </summary>
internal sealed record Claim(
    string Layer,
    Expr Training,
    Expr Inference,
    EquatableArray<FoldDefinition> Folds,
    EquatableArray<string> SideConditions)
{
    public bool Equals(Claim? other) =>
        other is not null && Layer == other.Layer && Training.Equals(other.Training) && Inference.Equals(other.Inference)
        && Folds == other.Folds && SideConditions == other.SideConditions;

    public override int GetHashCode() => Training.GetHashCode() ^ Inference.GetHashCode();

    /// <summary>The inference form over the stored tensors.</summary>
    public Expr InferenceOverStored() => Inference.Inline(tensor => Folds.FirstOrDefault(fold => fold.Folded == tensor)?.Value);
}
