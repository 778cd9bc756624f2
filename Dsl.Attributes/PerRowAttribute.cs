namespace LayerDsl;

/// <summary>A parameter of <c>Map</c> with one number for each row of the weight, that is for each output: (out).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PerRowAttribute : Attribute;
