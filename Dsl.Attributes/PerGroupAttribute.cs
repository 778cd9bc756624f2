namespace LayerDsl;

/// <summary>A parameter of <c>Map</c> with one number for each group of neighbouring inputs of each output: (out, in / size). Of linear layers only.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PerGroupAttribute : Attribute
{
    /// <summary>Declares the groups.</summary>
    /// <param name="size">How many inputs share a number; it must divide the inputs.</param>
    public PerGroupAttribute(int size) => Size = size;

    /// <summary>How many inputs share a number.</summary>
    public int Size { get; }
}
