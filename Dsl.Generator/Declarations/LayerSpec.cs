namespace LayerDsl.Generator.Declarations;

/// <summary>A declared layer: a kind and its methods from left to right, as the user wrote them.</summary>
/// <param name="Name">The property or class.</param>
/// <param name="Kind">The attribute that says what kind of layer this is.</param>
/// <param name="Methods">The reparameterizations, first applied first.</param>
internal sealed record LayerSpec(string Name, AttributeSpec Kind, EquatableArray<AttributeSpec> Methods)
{
    /// <summary>What its constructor takes, where sizes are bound to parameters; null where all are numbers.</summary>
    public ConstructorSpec? Constructor { get; init; }
}
