using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes what a layer has in addition where its constructor takes sizes: properties that keep them, and checks before anything is made.</summary>
internal static class ConstructorText
{
    /// <summary>The head of a layer's constructor.</summary>
    public static void Head(CodeWriter writer, string className, LayerForms forms) => writer
        .Line($"{forms.Constructor?.Modifiers ?? "public"} {className}({forms.Constructor?.Declared})")
        .Indented(() => writer.Line($": base({LayerText.Quote(forms.Name)})"));

    /// <summary>A property for each size.</summary>
    public static void Properties(CodeWriter writer, LayerForms forms)
    {
        if (forms.Constructor is not { } constructor)
        {
            return;
        }

        foreach (var parameter in constructor.Parameters)
        {
            writer.Line($"/// <summary>The size '{parameter.Name}' that the constructor was given.</summary>").Line($"public int {parameter.Property} {{ get; }}").Line();
        }
    }

    /// <summary>The checks, and the sizes kept.</summary>
    public static void Sizes(CodeWriter writer, LayerForms forms)
    {
        if (forms.Constructor is not { } constructor)
        {
            return;
        }

        writer.Lines(constructor.Parameters.Select(parameter => $"{(parameter.Property == parameter.Identifier ? "this." : string.Empty)}{parameter.Property} = LayerSizes.AtLeastOne({LayerText.Quote(forms.Name)}, nameof({parameter.Identifier}), {parameter.Identifier});"))
            .Lines(forms.Requirements)
            .Line();
    }
}
