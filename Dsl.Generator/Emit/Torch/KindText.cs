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
        var text = forms.Shape is LinearShape linear && forms.Weight.Block > 0
            ? new([], string.Empty, (first, tensors) => Blocks(linear, first, tensors, new BlockText(forms)))
            : Of(forms.Shape);
        return forms.Shape.Format is { } format ? text with { Constants = [.. text.Constants, .. Format(format)] } : text;
    }

    private static string[] Format(FormatSpec format) =>
    [
        "/// <summary>How the codes of the folded layer stand for weights.</summary>",
        "private static readonly QuantizedFormat Format = " + format.Text + ";",
        string.Empty,
    ];

    private static KindText Of(LayerShape shape) => shape switch
    {
        LinearShape linear => new([], string.Empty, (first, tensors) => Linear(linear, first, tensors)),
        Conv2dShape => new(
            [
                "/// <summary>Channels, kernel and how it slides.</summary>",
                "private static readonly Conv2dGeometry Geometry = " + shape.Arguments + ";",
                string.Empty,
            ],
            ", Geometry",
            (first, tensors) => [$"CheckImage(input, Geometry, {first});", $"return Pass.Apply(input, {tensors});"]),
        _ => throw new Ir.ShapeException("A kind of layer without a text: " + shape.Kind),
    };

    private static string[] Blocks(LinearShape linear, string first, string tensors, BlockText blocks) =>
    [
        $"CheckInput(input, {linear.InFeatures}, {first});",
        string.Empty,
        "// The inputs in blocks that share a scale; any leading dimensions become one.",
        "using var scope = NewDisposeScope();",
        $"var rows = input.reshape(-1, {linear.InFeatures}){blocks.Open};",
        $"var y = Pass.Apply(rows, {tensors});",
        $"return y.reshape([.. input.shape[..^1], {linear.OutFeatures}]).MoveToOuterDisposeScope();",
    ];

    private static string[] Linear(LinearShape linear, string first, string tensors) =>
    [
        $"CheckInput(input, {linear.InFeatures}, {first});",
        "if (input.dim() == 2)",
        "{",
        $"    return Pass.Apply(input, {tensors});",
        "}",
        string.Empty,
        "// Any leading dimensions: one matrix in, the same dimensions out.",
        $"using var rows = input.reshape(-1, {linear.InFeatures});",
        $"using var y = Pass.Apply(rows, {tensors});",
        $"return y.reshape([.. input.shape[..^1], {linear.OutFeatures}]);",
    ];
}
