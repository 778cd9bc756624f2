namespace LayerDsl;

/// <summary>A <see cref="BufferAttribute"/> vector of <c>Map</c> that holds 0, 1, 2, …: the number of each row or column, for formulas such as a cosine basis.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PositionsAttribute : Attribute;
