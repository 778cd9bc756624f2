namespace LayerDsl;

/// <summary>
/// Marks a partial class derived from TorchSharp's <c>nn.Module&lt;Tensor, Tensor&gt;</c> whose layers are declared by
/// attributes on partial properties. The generator implements the properties, <c>Fold()</c>, <c>FoldTorch()</c> and
/// <c>VerifyFold(sample)</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LayerModelAttribute : Attribute
{
    private readonly int[] sample;

    /// <summary>Marks a model.</summary>
    /// <param name="sample">
    /// The shape of one sample, where the body of <c>forward</c> does not tell it: <c>[LayerModel(1, 28, 28)]</c> for images that
    /// a convolution reads.
    /// </param>
    public LayerModelAttribute(params int[] sample) => this.sample = sample ?? [];

    /// <summary>The shape of one sample; empty where <c>forward</c> tells it.</summary>
    public IReadOnlyList<int> Sample => sample;
}
