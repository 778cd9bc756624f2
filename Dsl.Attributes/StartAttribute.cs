namespace LayerDsl;

/// <summary>
/// The value that all numbers of a parameter of <c>Map</c> start with, where the class has no <c>Inverse</c> and no <c>Initialize</c>.
/// Without it the first parameter starts as the usual random weight, and one with a <see cref="ShapeAttribute"/> Kaiming-uniform.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class StartAttribute : Attribute
{
    /// <summary>Declares the value.</summary>
    /// <param name="value">A finite number.</param>
    public StartAttribute(double value) => Value = value;

    /// <summary>The value.</summary>
    public double Value { get; }
}
