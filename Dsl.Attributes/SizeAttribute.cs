namespace LayerDsl;

/// <summary>An <c>int</c> parameter of <c>Map</c> that is a size of the weight, not a hyper-parameter: <c>[Size("in")] int inputs</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class SizeAttribute : Attribute
{
    /// <summary>Declares which size.</summary>
    /// <param name="name"><c>out</c>, the rows, or <c>in</c>, the columns.</param>
    public SizeAttribute(string name) => Name = name;

    /// <summary>Which size.</summary>
    public string Name { get; }
}
