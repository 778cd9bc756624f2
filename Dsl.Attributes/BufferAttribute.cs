namespace LayerDsl;

/// <summary>A parameter of <c>Map</c> that is stored with the layer's state and never trained; the class's method <c>Update</c> may change it before each training pass.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BufferAttribute : Attribute;
