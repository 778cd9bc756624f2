namespace LayerDsl;

/// <summary>Applies a reparameterization of your own, a class with <see cref="ReparameterizationAttribute"/>, to the layer's weight.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class ReparamAttribute : Attribute
{
    /// <summary>Applies a class.</summary>
    /// <param name="method">The class.</param>
    /// <param name="hyperParameters">The values of the numbers that its <c>Map</c> takes, in their order; those with defaults may be left out.</param>
    public ReparamAttribute(Type method, params object[] hyperParameters) => (Method, HyperParameters) = (method, hyperParameters);

    /// <summary>The class.</summary>
    public Type Method { get; }

    /// <summary>The values of the numbers that its <c>Map</c> takes.</summary>
    public IReadOnlyList<object> HyperParameters { get; }

    /// <summary>The projections of an attention layer that it acts on. Default <see cref="Part.All"/>.</summary>
    public Part On { get; set; } = Part.All;
}
