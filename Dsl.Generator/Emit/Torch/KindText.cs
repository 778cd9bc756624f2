using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>What the class of a layer says otherwise for each kind.</summary>
/// <param name="Constants">Members in front of the stored tensors.</param>
/// <param name="Geometry">The argument that follows weight and bias where a folded layer is made.</param>
/// <param name="Forward">The body of <c>forward</c>, from the first stored tensor and all of them as arguments.</param>
internal sealed record KindText(IReadOnlyList<string> Constants, string Geometry, Func<string, string, IReadOnlyList<string>> Forward)
{
    public static KindText Of(LayerForms forms, BranchChoice? choice)
    {
        var text = forms.Shape is LinearShape && (forms.Weight.Block > 0 || forms.Activation is not null)
            ? new([], string.Empty, (first, tensors) => RowsInBlocks(first, tensors, forms))
            : Of(forms.Shape, forms, choice);
        var formats = forms.Shape.Format is { } format ? Format(format, forms.IsSymbolic) : [];
        return text with { Constants = [.. text.Constants, .. formats, .. ActivationWriter.Constant(forms)] };
    }

    private static string[] Format(FormatSpec format, bool isSymbolic) =>
    [
        "/// <summary>How the codes of the folded layer stand for weights.</summary>",
        Fixed("QuantizedFormat", "Format", format.Text, isSymbolic),
        string.Empty,
    ];

    private static KindText Of(LayerShape shape, LayerForms forms, BranchChoice? choice) => shape switch
    {
        LinearShape => new(
            MergeChoiceText.Constants(forms, choice),
            string.Empty,
            (first, tensors) => Rows(forms.Weight.ColumnsText, forms.Weight.RowsText, first, rows => forms.Merged is null ? PassOf(rows, tensors) : MergeChoiceText.Call(rows))),
        RowNormShape => new(NormWriter.Constants(forms.Norm!), string.Empty, (first, tensors) => Rows(forms.Weight.RowsText, forms.Weight.RowsText, first, rows => PassOf(rows, tensors))),
        EmbeddingShape => new([], string.Empty, (_, tensors) => TableWriter.Forward(forms.Weight, tensors)),
        BatchNormShape => new(NormWriter.Constants(forms.Norm!), string.Empty, (first, tensors) => NormWriter.BatchForward(forms, first, tensors)),
        Conv2dShape convolution => new(
            [
                .. MergeChoiceText.Constants(forms, choice),
                "/// <summary>Channels, kernel and how it slides.</summary>",
                Fixed("Conv2dGeometry", "Geometry", shape.Arguments, forms.IsSymbolic),
                string.Empty,
            ],
            ", Geometry",
            (first, tensors) => Images(convolution, first, forms.Merged is null ? PassOf("input", tensors) : MergeChoiceText.Call("input"), tensors)),
        _ => throw new Ir.ShapeException("A kind of layer without a text: " + shape.Kind),
    };

    /// <summary>What is the same for all layers of the class, or depends on the sizes of one.</summary>
    private static string Fixed(string type, string name, string value, bool ofSizes) => ofSizes ? $"private {type} {name} => {value};" : $"private static readonly {type} {name} = {value};";

    private static string[] Images(Conv2dShape convolution, string first, string pass, string tensors) => convolution.Activation is null
        ? [$"CheckImage(input, Geometry, {first});", $"return {pass};"]
        :
        [
            $"CheckImage(input, Geometry, {first});",
            "using var scope = NewDisposeScope();",
            $"return Pass.Apply(Rounded(input), {tensors}).MoveToOuterDisposeScope();",
        ];

    private static string[] RowsInBlocks(string first, string tensors, LayerForms forms)
    {
        var rows = $"input.reshape(-1, {forms.Weight.ColumnsText})";
        var blocks = new BlockText(forms);
        return
        [
            $"CheckInput(input, {forms.Weight.ColumnsText}, {first});",
            string.Empty,
            blocks.HasBlocks ? "// The inputs in blocks that share a scale; any leading dimensions become one." : "// Any leading dimensions: one matrix in, the same dimensions out.",
            "using var scope = NewDisposeScope();",
            $"var rows = {(forms.Activation is null ? rows : $"Rounded({rows})")}{blocks.Open};",
            $"var y = Pass.Apply(rows, {tensors});",
            $"return y.reshape([.. input.shape[..^1], {forms.Weight.RowsText}]).MoveToOuterDisposeScope();",
        ];
    }

    private static string PassOf(string rows, string tensors) => $"Pass.Apply({rows}, {tensors})";

    private static string[] Rows(string inFeatures, string outFeatures, string first, Func<string, string> pass) =>
    [
        $"CheckInput(input, {inFeatures}, {first});",
        "if (input.dim() == 2)",
        "{",
        $"    return {pass("input")};",
        "}",
        string.Empty,
        "// Any leading dimensions: one matrix in, the same dimensions out.",
        $"using var rows = input.reshape(-1, {inFeatures});",
        $"using var y = {pass("rows")};",
        $"return y.reshape([.. input.shape[..^1], {outFeatures}]);",
    ];
}
