namespace LayerDsl;

/// <summary>
/// A fully connected layer, <c>y = x Wᵀ + bias</c>, with W of shape (outFeatures, inFeatures) and x of any leading batch
/// dimensions. Methods that stand after it reparameterize W, from left to right.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, Inherited = false)]
public sealed class LinearAttribute : Attribute
{
    /// <summary>Declares a layer of constant sizes.</summary>
    /// <param name="inFeatures">The size of the last dimension of the input; at least 1.</param>
    /// <param name="outFeatures">The size of the last dimension of the output; at least 1.</param>
    public LinearAttribute(int inFeatures, int outFeatures)
    {
        InFeatures = inFeatures;
        OutFeatures = outFeatures;
    }

    /// <summary>The size of the last dimension of the input.</summary>
    public int InFeatures { get; }

    /// <summary>The size of the last dimension of the output.</summary>
    public int OutFeatures { get; }

    /// <summary>Whether a learnable bias of shape (outFeatures) is added. Default true.</summary>
    public bool Bias { get; set; } = true;
}
