namespace LayerDsl;

/// <summary>A parameter of <c>Map</c> with one number for each column of the weight, that is for each input of an output: (in), of a convolution (in / groups, kernel, kernel).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PerColumnAttribute : Attribute;
