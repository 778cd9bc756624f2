namespace LayerDsl;

/// <summary>
/// Batch normalization of rows, <c>y[b,i] = (x[b,i] − mean[i]) / √(var[i] + ε) · weight[i] + bias[i]</c>, x of shape (batch, features).
/// In training mode mean and variance are those of the batch, and running ones follow them; in eval mode they are the running ones.
/// What is folded, and proved, is the eval mode: <c>y = x · scale[i] + shift[i]</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class BatchNorm1dAttribute : Attribute
{
    /// <summary>Declares a batch normalization.</summary>
    /// <param name="features">The features of the input; at least 1.</param>
    public BatchNorm1dAttribute(int features) => Features = features;

    /// <summary>Declares a normalization whose size is named: <c>[BatchNorm1d(nameof(width))]</c>.</summary>
    /// <param name="features">The name of an integer constant of the class, or of a parameter of its partial constructor.</param>
    public BatchNorm1dAttribute(string features) => FeaturesName = features;

    /// <summary>The features of the input.</summary>
    public int Features { get; }

    /// <summary>The constant or parameter that gives the size, or null.</summary>
    public string? FeaturesName { get; }

    /// <summary>ε, added to the variance; greater than 0. Default 1e-5.</summary>
    public double Eps { get; set; } = 1e-5;

    /// <summary>How far a batch moves the running statistics: running = (1 − m) · running + m · batch; from 0 to 1. Default 0.1.</summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>Whether a learnable weight and bias follow, one of each per feature. Default true.</summary>
    public bool Affine { get; set; } = true;
}
