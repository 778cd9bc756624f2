namespace LayerDsl.Generator.Declarations;

/// <summary>One argument of an attribute: its parameter or property name and its constant value (an enum by its member name).</summary>
internal readonly record struct AttributeArgument(string Name, string Text, double Number)
{
    /// <summary>Enum members and strings have a text, numbers and booleans (0, 1) a number.</summary>
    public override string ToString() => Name + " = " + Text;

    /// <summary>Whether the text names a parameter of the layer's constructor; the number is then one that stands for all, in estimates only.</summary>
    public bool IsParameter { get; init; }

    /// <summary>Whether code writes the parameter by its own name, as a model does, and not by the property of the layer that keeps it.</summary>
    public bool ByName { get; init; }
}

/// <summary>An attribute as the user wrote it, without symbols.</summary>
/// <param name="Name">The class name without <c>Attribute</c>.</param>
/// <param name="Arguments">Constructor arguments by parameter, then properties, as written.</param>
/// <param name="Place">
/// The key under which the reader keeps the attribute's location. Locations change with every edit above them; kept apart,
/// they do not make the later stages run again.
/// </param>
internal sealed record AttributeSpec(string Name, EquatableArray<AttributeArgument> Arguments, string Place)
{
    /// <summary>The user's method, where the attribute applies one.</summary>
    public Own.OwnMethod? Own { get; init; }

    /// <summary>The parameters of the layer's constructor that sizes are bound to.</summary>
    public IEnumerable<string> Parameters => Arguments.Where(argument => argument.IsParameter).Select(argument => argument.Text).Distinct();

    /// <summary>A size as generated code writes it: a number, or the property that holds what the constructor was given.</summary>
    public string Size(string name) => Find(name) is not { } argument ? "0" : argument switch
    {
        { IsParameter: true, ByName: true } => TypeReader.Identifier(argument.Text),
        { IsParameter: true } => SizeParameter.PropertyOf(argument.Text),
        _ => argument.Text,
    };

    /// <summary>The same with parameters by their own names.</summary>
    public AttributeSpec ByParameters() => Parameters.Any() ? this with { Arguments = Arguments.Select(argument => argument with { ByName = true }).ToEquatableArray() } : this;

    /// <summary>Whether the argument was written.</summary>
    public bool Has(string name) => Find(name) is not null;

    public int Int(string name, int otherwise = 0) => (int)Double(name, otherwise);

    public double Double(string name, double otherwise) => Find(name) is { } argument ? argument.Number : otherwise;

    public bool Flag(string name, bool otherwise = false) => Find(name) is { } argument ? argument.Number != 0 : otherwise;

    public string Choice(string name, string otherwise) => Find(name) is { } argument ? argument.Text : otherwise;

    private AttributeArgument? Find(string name)
    {
        foreach (var argument in Arguments)
        {
            if (argument.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return argument;
            }
        }

        return null;
    }
}
