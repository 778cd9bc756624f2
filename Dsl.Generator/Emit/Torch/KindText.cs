using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>What the class of a layer says otherwise for each kind.</summary>
/// <param name="Constants">Members in front of the stored tensors.</param>
/// <param name="Geometry">The argument that follows weight and bias where a folded layer is made.</param>
/// <param name="Forward">The body of <c>forward</c>, from the first stored tensor and all of them as arguments.</param>
internal sealed record KindText(IReadOnlyList<string> Constants, string Geometry, Func<string, string, IReadOnlyList<string>> Forward)
{
    public static KindText Of(LayerForms forms)
    {
        var text = forms.Shape is LinearShape linear && (forms.Weight.Block > 0 || forms.Activation is not null)
            ? new([], string.Empty, (first, tensors) => Rows(linear, first, tensors, forms))
            : Of(forms.Shape, forms);
        var formats = forms.Shape.Format is { } format ? Format(format) : [];
        return text with { Constants = [.. text.Constants, .. formats, .. ActivationWriter.Constant(forms)] };
    }

    private static string[] Format(FormatSpec format) =>
    [
        "/// <summary>How the codes of the folded layer stand for weights.</summary>",
        "private static readonly QuantizedFormat Format = " + format.Text + ";",
        string.Empty,
    ];

    private static KindText Of(LayerShape shape, LayerForms forms) => shape switch
    {
        LinearShape linear => new([], string.Empty, (first, tensors) => Rows(linear.InFeatures, linear.OutFeatures, first, tensors)),
        RowNormShape rows => new(NormWriter.Constants(forms.Norm!), string.Empty, (first, tensors) => Rows(rows.Features, rows.Features, first, tensors)),
        EmbeddingShape table => new([], string.Empty, (_, tensors) => TableWriter.Forward(table, tensors)),
        BatchNorm2dShape => new(NormWriter.Constants(forms.Norm!), string.Empty, (first, tensors) => NormWriter.BatchForward(forms, first, tensors)),
        Conv2dShape convolution => new(
            [
                "/// <summary>Channels, kernel and how it slides.</summary>",
                "private static readonly Conv2dGeometry Geometry = " + shape.Arguments + ";",
                string.Empty,
            ],
            ", Geometry",
            (first, tensors) => Images(convolution, first, tensors)),
        _ => throw new Ir.ShapeException("A kind of layer without a text: " + shape.Kind),
    };

    private static string[] Images(Conv2dShape convolution, string first, string tensors) => convolution.Activation is null
        ? [$"CheckImage(input, Geometry, {first});", $"return Pass.Apply(input, {tensors});"]
        :
        [
            $"CheckImage(input, Geometry, {first});",
            "using var scope = NewDisposeScope();",
            $"return Pass.Apply(Rounded(input), {tensors}).MoveToOuterDisposeScope();",
        ];

    private static string[] Rows(LinearShape linear, string first, string tensors, LayerForms forms)
    {
        var rows = $"input.reshape(-1, {linear.InFeatures})";
        var blocks = new BlockText(forms);
        return
        [
            $"CheckInput(input, {linear.InFeatures}, {first});",
            string.Empty,
            blocks.HasBlocks ? "// The inputs in blocks that share a scale; any leading dimensions become one." : "// Any leading dimensions: one matrix in, the same dimensions out.",
            "using var scope = NewDisposeScope();",
            $"var rows = {(forms.Activation is null ? rows : $"Rounded({rows})")}{blocks.Open};",
            $"var y = Pass.Apply(rows, {tensors});",
            $"return y.reshape([.. input.shape[..^1], {linear.OutFeatures}]).MoveToOuterDisposeScope();",
        ];
    }

    private static string[] Rows(int inFeatures, int outFeatures, string first, string tensors) =>
    [
        $"CheckInput(input, {inFeatures}, {first});",
        "if (input.dim() == 2)",
        "{",
        $"    return Pass.Apply(input, {tensors});",
        "}",
        string.Empty,
        "// Any leading dimensions: one matrix in, the same dimensions out.",
        $"using var rows = input.reshape(-1, {inFeatures});",
        $"using var y = Pass.Apply(rows, {tensors});",
        $"return y.reshape([.. input.shape[..^1], {outFeatures}]);",
    ];
}
