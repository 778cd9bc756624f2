using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Layers.Attention;

namespace LayerDsl.Generator;

/// <summary>Splits declarations into one task for each layer, and for each projection of an attention layer.</summary>
internal static class LayerTasks
{
    public static IEnumerable<LayerTask> Of(Declared<ModelSpec> declared) => Declared(declared).SelectMany(Expand);

    public static IEnumerable<LayerTask> Of(Declared<LayerClassSpec> declared) => Declared(declared).SelectMany(Expand);

    /// <summary>The attention layers themselves.</summary>
    public static IEnumerable<LayerTask> AttentionOf(Declared<ModelSpec> declared) => Declared(declared).Where(task => AttentionLayer.Is(task.Layer));

    /// <inheritdoc cref="AttentionOf(Declared{ModelSpec})"/>
    public static IEnumerable<LayerTask> AttentionOf(Declared<LayerClassSpec> declared) => Declared(declared).Where(task => AttentionLayer.Is(task.Layer));

    /// <summary>Projections are classes inside the class of their layer, whose methods use them.</summary>
    private static IEnumerable<LayerTask> Expand(LayerTask task)
    {
        if (!AttentionLayer.Is(task.Layer))
        {
            return [task];
        }

        var type = task.Nested
            ? task.Type with { Containers = [.. task.Type.Containers, task.Type.Modifiers + " class " + task.Type.Name], Name = task.Names.ClassName, Modifiers = "public sealed partial" }
            : task.Type;
        return AttentionParts.Of(task.Layer).Select(part => new LayerTask(
            type,
            new LayerClassNames(part.Class, "public sealed class " + part.Class, $"The projection {part.Layer.Name}."),
            Nested: true,
            task.File + "+" + part.Class,
            part.Layer));
    }

    private static IEnumerable<LayerTask> Declared(Declared<ModelSpec> declared) => declared.Spec is not { } model
        ? []
        : model.Properties.Where(property => property.Layer is not null).Select(property => new LayerTask(
            model.Type,
            new LayerClassNames(property.Class, (AttentionLayer.Is(property.Layer!) ? "public sealed partial class " : "public sealed class ") + property.Class, $"The layer {property.Layer!.Name} of {model.Type.Name}."),
            Nested: true,
            model.Type.FileName + "+" + property.Class,
            property.Layer!));

    private static IEnumerable<LayerTask> Declared(Declared<LayerClassSpec> declared) => declared.Spec is not { } layer
        ? []
        : [
            new LayerTask(
                layer.Type,
                new LayerClassNames(layer.Type.Name, layer.Type.Modifiers + " class " + layer.Type.Name, $"The layer {layer.Type.Name}."),
                Nested: false,
                layer.Type.FileName,
                layer.Layer),
        ];
}
