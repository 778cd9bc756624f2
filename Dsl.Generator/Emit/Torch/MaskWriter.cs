using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes what the class of a layer with masks has beside the others.</summary>
internal static class MaskWriter
{
    /// <summary>A mask as it is drawn when the layer is made.</summary>
    public static string New(MaskedTensor masked, string sizes) => $"RandomMask(branches: {masked.Branches}, ones: {masked.OnesText ?? masked.Ones.ToString(System.Globalization.CultureInfo.InvariantCulture)}, {sizes})";

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

    /// <summary>A gradient as the backward pass returns it: for a mask only where it asks for one; repeated along axes where it is the same.</summary>
    public static string Wanted(Tensor tensor, Value value, Func<Tensor, string> field)
    {
        var all = IsRepeated(tensor, value) ? Opened(tensor, value) + ".expand_as(" + field(tensor) + ")" : value.Name;
        return tensor.Role == TensorRole.Buffer ? $"{field(tensor)}.requires_grad ? {all} : null" : all;
    }

    /// <summary>Whether a gradient is the same along an axis of its tensor.</summary>
    public static bool IsRepeated(Tensor tensor, Value value) => value.Axes.Count < tensor.Axes.Count;

    /// <summary>With an axis of size 1 for each missing one but the leading ones, which expanding adds.</summary>
    private static string Opened(Tensor tensor, Value value)
    {
        var axes = tensor.Axes.SkipWhile(axis => !value.Axes.Contains(axis)).ToArray();
        return value.Name + string.Concat(axes.Select((axis, k) => value.Axes.Contains(axis) ? string.Empty : $".unsqueeze({k})"));
    }

    /// <summary>Why a mask has a gradient at all.</summary>
    public static IEnumerable<string> GradientComment(EquatableArray<Tensor> differentiated) => differentiated.Any(tensor => tensor.Role == TensorRole.Buffer)
        ? ["// A mask that asks for a gradient gets that of the weight it masks, zeros and all: RigL grows by it."]
        : [];
}
