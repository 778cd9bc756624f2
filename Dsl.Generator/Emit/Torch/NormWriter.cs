using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the members of a normalization's class that differ from those of layers with a weight matrix.</summary>
internal static class NormWriter
{
    /// <summary>The numbers that the class is made for.</summary>
    public static IReadOnlyList<string> Constants(NormForms norm) =>
    [
        "/// <summary>Added to the variance.</summary>",
        $"private const double Eps = {TorchFunctions.Number(Rational.FromDouble(norm.Eps)).Text};",
        string.Empty,
        .. norm.HasStatistics
            ? [
                "/// <summary>How many batches the running statistics have followed.</summary>",
                "[ComponentName(Name = \"num_batches_tracked\")]",
                "private Tensor numBatchesTracked;",
                string.Empty,
            ]
            : (string[])[],
    ];

    public static void Constructor(CodeWriter writer, string className, LayerForms forms, Func<Tensor, string> field)
    {
        writer.Line("/// <summary>Makes the layer as TorchSharp's starts: factors of 1, all else 0" + (forms.Norm!.HasStatistics ? ", running variances of 1" : string.Empty) + ".</summary>");
        ConstructorText.Head(writer, className, forms);
        writer.Body(() =>
        {
            ConstructorText.Sizes(writer, forms);
            foreach (var stored in forms.Stored)
            {
                var start = $"torch.{(stored.Start == 1 ? "ones" : "zeros")}({forms.Weight.RowsText})";
                writer.Line($"{field(stored.Tensor)} = {(stored.Tensor.Role == TensorRole.Buffer ? start : $"new Parameter({start})")};");
            }

            writer.Lines(forms.Norm.HasStatistics ? ["numBatchesTracked = torch.tensor(0L);"] : []).Line("RegisterComponents();");
        });
        writer.Line();
    }

    /// <summary>The body of forward of a batch normalization: which statistics are meant depends on the mode.</summary>
    public static IReadOnlyList<string> BatchForward(LayerForms forms, string first, string tensors)
    {
        var trained = string.Concat(forms.Stored.Where(stored => stored.Tensor.Role == TensorRole.Trainable).Select(stored => ", " + NamesOf.Variable(stored.Tensor.Name)));
        return
        [
            $"{(forms.Shape is BatchNormShape { OfImages: true } ? "CheckChannels" : "CheckFeatures")}(input, {forms.Weight.RowsText}, {first});",
            "if (!training)",
            "{",
            $"    return Pass.Apply(input, {tensors});",
            "}",
            string.Empty,
            "CheckBatch(input);",
            "UpdateStatistics(input);",
            $"return BatchPass.Apply(input{trained});",
        ];
    }

    /// <summary>The folds: a copy, or a scale and a shift.</summary>
    public static void Folds(CodeWriter writer, LayerForms forms, Program fold)
    {
        var kind = forms.Shape.Kind;
        var bias = forms.Bias is null ? "null" : "bias";
        var weight = forms.Stored.Any(stored => stored.Tensor.Name == "weight") ? "weight" : "null";
        if (!forms.Norm!.HasStatistics)
        {
            var arguments = forms.Shape is RowNormShape { IsCentered: true } ? $"weight, {bias}, Eps" : "weight, Eps";
            Inherited(writer, $"public override {forms.Shape.FoldedType} Fold() => Fold{kind}({arguments});");
            Inherited(writer, $"public override nn.Module<Tensor, Tensor> FoldTorch() => Make{kind}({arguments});");
            Inherited(writer, $"public override Layer FoldLayer() => MakePlain{kind}({arguments});");
            return;
        }

        Inherited(writer, $"public override {forms.Shape.FoldedType} Fold()", "using var scope = NewDisposeScope();", "var (scale, shift) = ScaleAndShift();", $"return Fold{kind}(scale, shift);");
        Inherited(writer, $"public override nn.Module<Tensor, Tensor> FoldTorch() => Make{kind}({weight}, {bias}, runningMean, runningVar, Eps);");
        Inherited(writer, "public override Layer FoldLayer()", "using var scope = NewDisposeScope();", "var (scale, shift) = ScaleAndShift();", $"return MakePlain{kind}(scale, shift);");
        writer.Line("/// <summary>" + string.Join("; ", forms.Claim.Folds.Select(part => ExprPrinter.PrintWithDefinitions(part.Folded.All.ToString(), part.Value, forms.Order)[0])) + ".</summary>");
        writer.Block("private (Tensor Scale, Tensor Shift) ScaleAndShift()", () => writer
            .Line("using var noGradient = no_grad();")
            .Line("using var scope = NewDisposeScope();")
            .Lines(TorchProgramWriter.Write(fold, forms.SizeText))
            .Line($"return ({string.Join(", ", fold.Results.Select(result => result.Name + ".MoveToOuterDisposeScope()"))});")).Line();
    }

    /// <summary>What a batch makes of the running statistics.</summary>
    public static void Updates(CodeWriter writer, LayerForms forms, Program? updates)
    {
        if (updates is null || forms.Norm is null)
        {
            return;
        }

        writer.Line("/// <summary>" + string.Join("; ", forms.Norm!.Updates.Select(update => ExprPrinter.PrintWithDefinitions(update.Tensor.Name + " ←", update.Value, forms.Order)[0].Replace(" = ", " "))) + ".</summary>");
        writer.Block("private void UpdateStatistics(Tensor x)", () => writer
            .Line("using var noGradient = no_grad();")
            .Line("using var scope = NewDisposeScope();")
            .Lines(TorchProgramWriter.Write(updates, forms.SizeText))
            .Lines(forms.Norm.Updates.Select((update, k) => $"{NamesOf.Variable(update.Tensor.Name)}.copy_({updates.Results[k].Name});"))
            .Line("numBatchesTracked.add_(1);")).Line();
    }

    public static void LoadWeight(CodeWriter writer, LayerForms forms)
    {
        writer.Line("/// <inheritdoc/>");
        writer.Block("public override void LoadWeight(Tensor weight, Tensor? bias = null)", () =>
        {
            if (forms.Stored.All(stored => stored.Tensor.Role == TensorRole.Buffer))
            {
                writer.Line("ArgumentNullException.ThrowIfNull(weight);").Line("throw new LayerShapeException(GetName(), \"weight\", \"none\", $\"({string.Join(\", \", weight.shape)})\");");
                return;
            }

            writer.Line($"CheckWeight(weight, bias, [{forms.Weight.RowsText}], hasBias: {(forms.Bias is null ? "false" : "true")});").Line("using var noGradient = no_grad();").Line("this.weight.copy_(weight);");
            if (forms.Bias is not null)
            {
                writer.Block("if (bias is not null)", () => writer.Line("this.bias.copy_(bias);"));
            }
        }).Line();
    }

    /// <summary>Where the statistics are those of the input, so is the bound.</summary>
    public static void RowBound(CodeWriter writer, LayerForms forms)
    {
        var shape = (RowNormShape)forms.Shape;
        var arguments = $"inputError, weight, {(forms.Bias is null ? "null" : "bias")}, Eps, centered: {(shape.IsCentered ? "true" : "false")});";
        Inherited(writer, "public override Tensor RoundingBound(Tensor magnitude, Tensor inputError) => NormBound.OfMagnitude(magnitude, " + arguments);
        Inherited(writer, "public override Tensor RoundingBoundAt(Tensor input, Tensor inputError) => NormBound.Of(input, " + arguments);
    }

    private static void Inherited(CodeWriter writer, string head, params string[] body)
    {
        writer.Line("/// <inheritdoc/>");
        if (body.Length == 0)
        {
            writer.Line(head).Line();
        }
        else
        {
            writer.Block(head, () => writer.Lines(body)).Line();
        }
    }
}
