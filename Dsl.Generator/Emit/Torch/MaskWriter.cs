using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes what the class of a layer with masks has beside the others.</summary>
internal static class MaskWriter
{
    /// <summary>A mask as it is drawn when the layer is made.</summary>
    public static string New(MaskedTensor masked, string sizes) => $"RandomMask(branches: {masked.Branches}, ones: {masked.Ones}, {sizes})";

    /// <summary>What the trainer of the masks asks for.</summary>
    public static void Accessor(CodeWriter writer, LayerForms forms, Func<Tensor, string> field)
    {
        if (forms.Masks.Count > 0)
        {
            writer.Line("/// <inheritdoc/>")
                .Line("public override IReadOnlyList<MaskedParameter> GetMaskedParameters() =>")
                .Line("[")
                .Indented(() => writer.Lines(forms.Masks.Select(masked =>
                    $"new(\"{masked.Weight.Name}\", {field(masked.Weight)}, {field(masked.Mask)}, Branches: {masked.Branches}, MaskSchedule.{masked.Schedule}),")))
                .Line("];")
                .Line();
        }
    }

    /// <summary>A gradient as the backward pass returns it: for a mask only where it asks for one, the same for all branches.</summary>
    public static string Wanted(Tensor tensor, Value value, Func<Tensor, string> field)
    {
        var all = value.Axes.Count < tensor.Axes.Count ? ".expand_as(" + field(tensor) + ")" : string.Empty;
        return tensor.Role == TensorRole.Buffer ? $"{field(tensor)}.requires_grad ? {value.Name}{all} : null" : value.Name;
    }

    /// <summary>Why a mask has a gradient at all.</summary>
    public static IEnumerable<string> GradientComment(EquatableArray<Tensor> differentiated) => differentiated.Any(tensor => tensor.Role == TensorRole.Buffer)
        ? ["// A mask that asks for a gradient gets that of the weight it masks, zeros and all: RigL grows by it."]
        : [];
}
