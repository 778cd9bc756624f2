namespace LayerDsl;

/// <summary>
/// Normalization by the root mean square along the last dimension, <c>y[…,i] = x[…,i] / √(Σ_j x[…,j]² / n + ε) · weight[i]</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class RmsNormAttribute : Attribute
{
    /// <summary>Declares a normalization by the root mean square.</summary>
    /// <param name="features">The size of the last dimension; at least 1.</param>
    public RmsNormAttribute(int features) => Features = features;

    /// <summary>Declares a normalization whose size is named: <c>[RmsNorm(nameof(width))]</c>.</summary>
    /// <param name="features">The name of an integer constant of the class, or of a parameter of its partial constructor.</param>
    public RmsNormAttribute(string features) => FeaturesName = features;

    /// <summary>The size of the last dimension.</summary>
    public int Features { get; }

    /// <summary>The constant or parameter that gives the size, or null.</summary>
    public string? FeaturesName { get; }

    /// <summary>ε, added to the mean square; greater than 0. Default 1e-6.</summary>
    public double Eps { get; set; } = 1e-6;
}
