namespace LayerDsl;

/// <summary>
/// Layer normalization along the last dimension, <c>y[…,i] = (x[…,i] − mean) / √(var + ε) · weight[i] + bias[i]</c>, mean and
/// variance (the one that divides by n) of the same row.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class LayerNormAttribute : Attribute
{
    /// <summary>Declares a layer normalization.</summary>
    /// <param name="features">The size of the last dimension; at least 1.</param>
    public LayerNormAttribute(int features) => Features = features;

    /// <summary>Declares a normalization whose size is named: <c>[LayerNorm(nameof(width))]</c>.</summary>
    /// <param name="features">The name of an integer constant of the class, or of a parameter of its partial constructor.</param>
    public LayerNormAttribute(string features) => FeaturesName = features;

    /// <summary>The size of the last dimension.</summary>
    public int Features { get; }

    /// <summary>The constant or parameter that gives the size, or null.</summary>
    public string? FeaturesName { get; }

    /// <summary>ε, added to the variance; greater than 0. Default 1e-5.</summary>
    public double Eps { get; set; } = 1e-5;

    /// <summary>Whether a learnable bias of shape (features) is added. Default true.</summary>
    public bool Bias { get; set; } = true;
}
