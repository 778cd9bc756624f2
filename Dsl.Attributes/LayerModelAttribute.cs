namespace LayerDsl;

/// <summary>
/// Marks a partial class derived from TorchSharp's <c>nn.Module&lt;Tensor, Tensor&gt;</c> whose layers are declared by
/// attributes on partial properties. The generator implements the properties, <c>Fold()</c>, <c>FoldTorch()</c> and
/// <c>VerifyFold(sample)</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LayerModelAttribute : Attribute
{
}
