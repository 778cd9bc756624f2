using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes how the buffers of users' methods follow the weight.</summary>
internal static class UpdateWriter
{
    public static void Method(CodeWriter writer, LayerForms forms, Program? updates)
    {
        if (updates is null || forms.Updates.Count == 0)
        {
            return;
        }

        writer.Line("/// <summary>" + LayerText.Xml(string.Join("; ", forms.Updates.Select(update => ExprPrinter.PrintWithDefinitions(update.Tensor.Name + " ←", update.Value, forms.Order)[0].Replace(" = ", " ")))) + ".</summary>");
        writer.Block("private void UpdateBuffers()", () => writer
            .Line("using var noGradient = no_grad();")
            .Line("using var scope = NewDisposeScope();")
            .Lines(new BlockText(forms).Locals(updates))
            .Lines(TorchProgramWriter.Write(updates, forms.SizeText))
            .Lines(forms.Updates.Select((update, k) => $"this.{LayerText.Field(update.Tensor)}.copy_({updates.Results[k].Name});"))).Line();
    }

    /// <summary>The lines in front of a pass. It keeps copies: a later pass updates the buffers before this one has its gradients.</summary>
    public static IEnumerable<string> ForwardPrelude(LayerForms forms) => forms.Updates.Count == 0 ? [] :
    [
        "if (training)",
        "{",
        "    UpdateBuffers();",
        "}",
        string.Empty,
        .. Buffers(forms).Select(tensor => $"using var {HeldName(tensor)} = {LayerText.Field(tensor)}.clone();"),
    ];

    /// <summary>The arguments of a pass with the copies in the places of the buffers.</summary>
    public static string Held(LayerForms forms, string tensors) => forms.Updates.Count == 0
        ? tensors
        : string.Join(", ", tensors.Split([", "], StringSplitOptions.None).Select(text => Buffers(forms).FirstOrDefault(tensor => LayerText.Field(tensor) == text) is { } buffer ? HeldName(buffer) : text));

    /// <summary>Buffers fit the weight from the start.</summary>
    public static IEnumerable<string> AfterStart(LayerForms forms) => forms.Updates.Count == 0 ? [] : ["UpdateBuffers();"];

    private static IEnumerable<Tensor> Buffers(LayerForms forms) => forms.Updates.Select(update => update.Tensor);

    private static string HeldName(Tensor tensor) => "held" + NamesOf.Pascal(tensor.Name);
}
