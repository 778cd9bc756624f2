using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Declarations;

/// <summary>A layer property of a model: its declaration, and the names that the generated part gives its field and class.</summary>
/// <param name="Property">The property's name; an identifier, escaped where it is a keyword.</param>
/// <param name="Modifiers">As declared: <c>public partial</c>.</param>
/// <param name="Field">The field that holds the layer.</param>
/// <param name="Class">The nested class of the layer.</param>
/// <param name="Layer">What was declared; null where it was refused.</param>
internal sealed record LayerProperty(string Property, string Modifiers, string Field, string Class, LayerSpec? Layer)
{
    /// <summary>The members of the folded model that have the layer's name in theirs.</summary>
    public static IEnumerable<string> FoldedMembers(LayerProperty property) => property.Property.TrimStart('@') is var name ? [name + "Geometry", name + "Format", name + "InputFormat"] : [];
}

/// <summary>A model as declared.</summary>
/// <param name="Type">The user's class.</param>
/// <param name="Properties">Its layers in the order of their declaration.</param>
/// <param name="NeedsConstructor">Whether a constructor has to be generated: the user wrote none.</param>
/// <param name="Forward">The body of forward, where all of it has a folded form and every layer was accepted.</param>
internal sealed record ModelSpec(TypeSpec Type, EquatableArray<LayerProperty> Properties, bool NeedsConstructor, ForwardProgram? Forward)
{
    /// <summary>The constructor that the user left to the generator, where there is one.</summary>
    public ConstructorSpec? Constructor { get; init; }

    /// <summary>The parameters of the constructor that sizes of layers are bound to.</summary>
    public EquatableArray<SizeParameter> Sizes => Constructor is null ? [] : Constructor.Of(Properties.Where(property => property.Layer is not null).SelectMany(property => property.Layer!.Kind.Parameters)).Parameters;

    /// <summary>The shapes of the layers, in the order of their declaration.</summary>
    public EquatableArray<LayerShape> Shapes => Properties.Where(property => property.Layer is not null).Select(property => LayerShape.Of(property.Layer!)).ToEquatableArray();
}

/// <summary>A layer that is a class of its own.</summary>
internal sealed record LayerClassSpec(TypeSpec Type, LayerSpec Layer);

/// <summary>What the reader found of one declaration: the specification, what is wrong with it, and where its parts stand.</summary>
internal sealed record Declared<T>(T? Spec, EquatableArray<DiagnosticInfo> Diagnostics, EquatableArray<PlaceInfo> Places)
    where T : class, IEquatable<T>;
