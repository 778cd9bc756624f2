namespace LayerDsl;

/// <summary>
/// The shape of a parameter of <c>Map</c>: <c>[Shape("rank", "in")]</c>. A size is <c>out</c>, <c>in</c>, the name of an integer hyper-parameter, a number,
/// or a sum, difference or product of these: <c>out + in - 1</c>. <c>in</c> alone stands for all inputs of an output, of a convolution (in / groups, kernel, kernel).
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ShapeAttribute : Attribute
{
    /// <summary>A vector: one column.</summary>
    /// <param name="rows">How many numbers.</param>
    public ShapeAttribute(string rows) => (Rows, Columns) = (rows, string.Empty);

    /// <summary>A matrix.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public ShapeAttribute(string rows, string columns) => (Rows, Columns) = (rows, columns);

    /// <summary>How many rows.</summary>
    public string Rows { get; }

    /// <summary>How many columns; empty for a vector.</summary>
    public string Columns { get; }
}
