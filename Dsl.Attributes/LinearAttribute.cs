namespace LayerDsl;

/// <summary>
/// A fully connected layer, <c>y = x Wᵀ + bias</c>, with W of shape (outFeatures, inFeatures) and x of any leading batch
/// dimensions. Methods that stand after it reparameterize W, from left to right.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
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

    /// <summary>Declares a layer whose sizes are named: <c>[Linear(nameof(Width), 10)]</c>.</summary>
    /// <param name="inFeatures">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="outFeatures">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    public LinearAttribute(string inFeatures, string outFeatures)
    {
        InFeaturesName = inFeatures;
        OutFeaturesName = outFeatures;
    }

    /// <inheritdoc cref="LinearAttribute(string, string)"/>
    public LinearAttribute(int inFeatures, string outFeatures)
    {
        InFeatures = inFeatures;
        OutFeaturesName = outFeatures;
    }

    /// <inheritdoc cref="LinearAttribute(string, string)"/>
    public LinearAttribute(string inFeatures, int outFeatures)
    {
        InFeaturesName = inFeatures;
        OutFeatures = outFeatures;
    }

    /// <summary>The size of the last dimension of the input, where it is a number.</summary>
    public int InFeatures { get; }

    /// <summary>The size of the last dimension of the output, where it is a number.</summary>
    public int OutFeatures { get; }

    /// <summary>The constant or parameter that gives the size of the last dimension of the input, or null.</summary>
    public string? InFeaturesName { get; }

    /// <summary>The constant or parameter that gives the size of the last dimension of the output, or null.</summary>
    public string? OutFeaturesName { get; }

    /// <summary>Whether a learnable bias of shape (outFeatures) is added. Default true.</summary>
    public bool Bias { get; set; } = true;
}
