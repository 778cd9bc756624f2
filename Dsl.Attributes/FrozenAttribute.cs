namespace LayerDsl;

/// <summary>A parameter of <c>Map</c> that is stored as a parameter but asks for no gradient.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FrozenAttribute : Attribute;
