namespace LayerDsl;

/// <summary>A parameter of <c>Map</c> that is a single number, stored and trained; a plain <c>double</c> or <c>int</c> is a hyper-parameter instead.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ScalarAttribute : Attribute;
