using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit.Torch;

namespace LayerDsl.Generator;

/// <summary>Splits declarations into one task for each layer.</summary>
internal static class LayerTasks
{
    public static IEnumerable<LayerTask> Of(Declared<ModelSpec> declared) => declared.Spec is not { } model
        ? []
        : model.Properties.Where(property => property.Layer is not null).Select(property => new LayerTask(
            model.Type,
            new LayerClassNames(property.Class, "public sealed class " + property.Class, $"The layer {property.Layer!.Name} of {model.Type.Name}."),
            Nested: true,
            model.Type.FileName + "+" + property.Class,
            property.Layer!));

    public static IEnumerable<LayerTask> Of(Declared<LayerClassSpec> declared) => declared.Spec is not { } layer
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
