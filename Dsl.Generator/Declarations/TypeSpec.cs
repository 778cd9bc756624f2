namespace LayerDsl.Generator.Declarations;

/// <summary>A user's class, as far as a generated part of it needs to know it.</summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="Name">The simple name.</param>
/// <param name="Modifiers">What the generated part repeats: <c>public sealed partial</c>.</param>
/// <param name="Containers">The declarations of the containing classes, outermost first: <c>public static partial class Models</c>.</param>
internal sealed record TypeSpec(string Namespace, string Name, string Modifiers, EquatableArray<string> Containers)
{
    /// <summary>The name that generated files start with; unique within the assembly.</summary>
    public string FileName { get; init; } = Name;

    /// <summary>Names of the user's that generated code must not use for others.</summary>
    public EquatableArray<HiddenName> Hidden { get; init; } = [];

    /// <summary>The key of the place where the class's own attribute stands.</summary>
    /// <param name="fileName">Its <see cref="FileName"/>.</param>
    public static string PlaceOf(string fileName) => "class " + fileName;
}
