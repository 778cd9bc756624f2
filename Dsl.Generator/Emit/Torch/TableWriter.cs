using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the members of an embedding's class that differ from those of layers with a weight matrix.</summary>
internal static class TableWriter
{
    public static void Constructor(CodeWriter writer, string className, LayerForms forms)
    {
        writer.Line("/// <summary>Makes the layer as TorchSharp's starts: N(0, 1)" + (forms.Table!.Padding is null ? string.Empty : ", and 0 in the row of the padding index") + ".</summary>");
        ConstructorText.Head(writer, className, forms);
        writer.Body(() =>
        {
            ConstructorText.Sizes(writer, forms);
            writer.Line($"weight = new Parameter(torch.randn({forms.Weight.RowsText}, {forms.Weight.ColumnsText}));").Line("RegisterComponents();");
            if (forms.Table.Padding is { } padding)
            {
                writer.Line("using var noGradient = no_grad();").Line($"using var row = weight[{padding}];").Line("row.zero_();");
            }
        });
        writer.Line();
    }

    public static IReadOnlyList<string> Forward(WeightShape shape, string tensors) =>
    [
        $"CheckIndices(input, {shape.RowsText});",
        "using var indices = input.reshape(-1);",
        $"using var y = Pass.Apply(indices, {tensors});",
        $"return y.reshape([.. input.shape, {shape.ColumnsText}]);",
    ];

    public static void Folds(CodeWriter writer, LayerForms forms)
    {
        Inherited(writer, "public override FoldedEmbedding Fold() => FoldEmbedding(weight);");
        Inherited(writer, $"public override nn.Module<Tensor, Tensor> FoldTorch() => MakeEmbedding(weight, paddingIndex: {(forms.Table!.Padding is { } padding ? padding.ToString(System.Globalization.CultureInfo.InvariantCulture) : "null")});");
        Inherited(writer, "public override Layer FoldLayer() => MakePlainEmbedding(weight);");
    }

    public static void LoadWeight(CodeWriter writer, LayerForms forms)
    {
        writer.Line("/// <inheritdoc/>");
        writer.Block("public override void LoadWeight(Tensor weight, Tensor? bias = null)", () => writer
            .Line($"CheckWeight(weight, bias, [{forms.Weight.RowsText}, {forms.Weight.ColumnsText}], hasBias: false);")
            .Line("using var noGradient = no_grad();")
            .Line("this.weight.copy_(weight);")).Line();
    }

    /// <summary>Both forms copy rows: nothing is rounded.</summary>
    public static void Bound(CodeWriter writer, LayerForms forms) =>
        Inherited(writer, $"public override Tensor RoundingBound(Tensor magnitude, Tensor inputError) => torch.zeros([.. magnitude.shape, {forms.Weight.ColumnsText}], ScalarType.Float64, magnitude.device);");

    private static void Inherited(CodeWriter writer, string member) => writer.Line("/// <inheritdoc/>").Line(member).Line();
}
