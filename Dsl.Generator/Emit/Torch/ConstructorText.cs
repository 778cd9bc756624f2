using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes what a layer has in addition where its constructor takes sizes: properties that keep them, and checks before anything is made.</summary>
internal static class ConstructorText
{
    /// <summary>The head of a layer's constructor.</summary>
    public static void Head(CodeWriter writer, string className, LayerForms forms) => Head(writer, className, forms.Name, forms.Constructor);

    /// <inheritdoc cref="Head(CodeWriter, string, LayerForms)"/>
    public static void Head(CodeWriter writer, string className, string layer, ConstructorSpec? constructor) => writer
        .Line($"{constructor?.Modifiers ?? "public"} {className}({constructor?.Declared})")
        .Indented(() => writer.Line($": base({LayerText.Quote(layer)})"));

    /// <summary>A property for each size.</summary>
    public static void Properties(CodeWriter writer, ConstructorSpec? constructor)
    {
        foreach (var parameter in constructor?.Parameters ?? [])
        {
            writer.Line($"/// <summary>The size '{parameter.Name}' that the constructor was given.</summary>").Line($"public int {parameter.Property} {{ get; }}").Line();
        }
    }

    /// <summary>The checks, and the sizes kept.</summary>
    public static void Sizes(CodeWriter writer, LayerForms forms) => Sizes(writer, forms.Name, forms.Constructor, forms.Requirements);

    /// <inheritdoc cref="Sizes(CodeWriter, LayerForms)"/>
    public static void Sizes(CodeWriter writer, string layer, ConstructorSpec? sizes, IEnumerable<string> requirements)
    {
        if (sizes is not { } constructor)
        {
            return;
        }

        writer.Lines(constructor.Parameters.Select(parameter => $"{(parameter.Property == parameter.Identifier ? "this." : string.Empty)}{parameter.Property} = LayerSizes.AtLeastOne({LayerText.Quote(layer)}, nameof({parameter.Identifier}), {parameter.Identifier});"))
            .Lines(requirements)
            .Line();
    }
}
