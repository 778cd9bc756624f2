namespace LayerDsl;

/// <summary>
/// A <see cref="BufferAttribute"/> of <c>Map</c> that holds whole numbers from 0 to <see cref="Count"/> - 1: what <c>Gather</c> looks up rows with, as the
/// assignment of weights to the entries of a shared codebook. It starts with zeros, or as <see cref="StartAttribute"/> or <see cref="PositionsAttribute"/> says.
/// </summary>
/// <param name="count">How many rows there are to look up: <c>"out"</c>, <c>"in"</c>, an integer parameter of <c>Map</c>, a number, or sums and products of these.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class IndicesAttribute(string count) : Attribute
{
    /// <summary>How many rows there are to look up.</summary>
    public string Count { get; } = count;
}
