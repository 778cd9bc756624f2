namespace LayerDsl.Generator.Declarations;

/// <summary>A constructor that the generator writes the body of: the user declared it partial, with the sizes as parameters.</summary>
/// <param name="Modifiers">As declared: <c>public partial</c>.</param>
/// <param name="Parameters">In their order.</param>
internal sealed record ConstructorSpec(string Modifiers, EquatableArray<SizeParameter> Parameters)
{
    /// <summary>The constructor of a layer in a model, which takes the sizes that it uses.</summary>
    public ConstructorSpec Of(IEnumerable<string> used) => new("public", Parameters.Where(parameter => used.Contains(parameter.Name)).ToEquatableArray());

    /// <summary>The list of parameters as it is declared.</summary>
    public string Declared => string.Join(", ", Parameters.Select(parameter => parameter.Type + " " + parameter.Identifier));

    /// <summary>The same names as arguments.</summary>
    public string Arguments => string.Join(", ", Parameters.Select(parameter => parameter.Identifier));
}

/// <summary>A size that a constructor takes.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Type"><c>int</c> or <c>long</c>.</param>
internal readonly record struct SizeParameter(string Name, string Type)
{
    /// <summary>The name as it stands in code.</summary>
    public string Identifier => TypeReader.Identifier(Name);

    /// <summary>The property of the layer that keeps it.</summary>
    public string Property => PropertyOf(Name);

    public static string PropertyOf(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
