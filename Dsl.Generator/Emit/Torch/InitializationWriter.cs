using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>
/// Writes the initialization steps as the body of <c>LoadWeight</c>. Everything is computed before anything is stored, so that
/// a refused weight leaves the layer as it was.
/// </summary>
internal static class InitializationWriter
{
    /// <summary>The method that the steps are the body of: a layer that can only start at random has one of its own.</summary>
    public static string StartMethod(LayerForms forms) => forms.Initialization.Any(step => step is InitStep.MaskedUniform or InitStep.StartOnly) ? "Start" : "LoadWeight";

    /// <summary>The method that takes a given weight, of a layer that can only start at random.</summary>
    public static IEnumerable<string> Refusal(LayerForms forms)
    {
        var (type, reason, arguments) = forms.Initialization.OfType<InitStep.StartOnly>().FirstOrDefault() is { } own
            ? ("NoInverseException", own.Method + " has no Inverse", ", " + LayerText.Quote(own.Method))
            : ("FactorizedWeightException", "masked factors cannot take a given product", string.Empty);
        yield return "/// <inheritdoc/>";
        yield return $"/// <exception cref=\"{type}\">Always: {reason}.</exception>";
        yield return $"public override void LoadWeight(Tensor weight, Tensor? bias = null) => throw new {type}(GetName(){arguments});";
    }

    public static void Write(CodeWriter writer, LayerForms forms, Func<Tensor, string> field)
    {
        var hasBias = forms.Bias is not null;
        writer.Line($"CheckWeight(weight, bias, [{string.Join(", ", forms.Weight.PlainTexts)}], hasBias: {(hasBias ? "true" : "false")});")
            .Line("using var noGradient = no_grad();")
            .Line("using var scope = NewDisposeScope();")
            .Lines(new BlockText(forms).Masks());
        if (forms.Initialization.Any(ReadsTarget))
        {
            writer.Line($"var target = weight.to({This(field, forms.Stored[0].Tensor)}){new BlockText(forms).Open};");
        }

        var stores = Steps(writer, forms, forms.Initialization, field);
        writer.Line().Lines(stores);
        if (hasBias)
        {
            writer.Block("if (bias is not null)", () => writer.Line("this.bias.copy_(bias);"));
        }

        writer.Lines(UpdateWriter.AfterStart(forms));
    }

    /// <summary>What the steps compute is written; the lines that store it are returned.</summary>
    public static IReadOnlyList<string> Steps(CodeWriter writer, LayerForms forms, IEnumerable<InitStep> steps, Func<Tensor, string> field)
    {
        var stores = new List<string>();
        List<string> taken = ["weight", "bias", .. forms.Stored.Select(stored => LayerText.Field(stored.Tensor))]; // a variable of a field's name would be stored to in its place
        foreach (var step in steps)
        {
            Write(writer, forms, step, field, stores, taken);
        }

        return stores;
    }

    /// <summary>A start at random has no use for the target.</summary>
    public static bool ReadsTarget(InitStep step) => step is not (InitStep.MaskedUniform or InitStep.StartOnly or InitStep.Positions or InitStep.KaimingUniform or InitStep.Store { Value: Literal });

    private static void Write(CodeWriter writer, LayerForms forms, InitStep step, Func<Tensor, string> field, List<string> stores, List<string> taken)
    {
        switch (step)
        {
            case InitStep.Store store:
                Store(writer, forms, store, field, stores, taken);
                break;
            case InitStep.KaimingUniform kaiming:
                writer.Line($"var new{NamesOf.Pascal(kaiming.Tensor.Name)} = KaimingUniform({field(kaiming.Tensor)});");
                stores.Add($"{field(kaiming.Tensor)}.copy_(new{NamesOf.Pascal(kaiming.Tensor.Name)});");
                break;
            case InitStep.Positions positions:
                stores.Add($"{field(positions.Tensor)}.copy_(torch.arange({forms.SizeText(positions.Tensor.Axes[0].Size)}));");
                break;
            case InitStep.MaskedUniform masked:
                writer.Line($"var new{NamesOf.Pascal(masked.Tensor.Name)} = KaimingUniform({field(masked.Tensor)}) * {field(masked.Mask)} * {TorchFunctions.Number(Rational.FromDouble(masked.Gain)).Text};");
                stores.Add($"{field(masked.Tensor)}.copy_(new{NamesOf.Pascal(masked.Tensor.Name)});");
                break;
            case InitStep.Retarget retarget:
                Retarget(writer, forms, retarget, taken);
                break;
            case InitStep.RequireBelow require:
                writer.Line($"RequireBelow(target, {TorchFunctions.Number(Rational.FromDouble(require.Limit)).Text}, \"{require.Meaning}\");");
                break;
            case InitStep.SplitTopRank split:
                Split(writer, forms, split, field, stores);
                break;
        }
    }

    private static void Store(CodeWriter writer, LayerForms forms, InitStep.Store store, Func<Tensor, string> field, List<string> stores, List<string> taken)
    {
        if (store.Value is Literal literal)
        {
            stores.Add($"{This(field, store.Tensor)}.fill_({TorchFunctions.Number(literal.Value).Text});");
            return;
        }

        if (store.Value is Access { Tensor.Name: "target" })
        {
            stores.Add($"{This(field, store.Tensor)}.copy_(target{new BlockText(forms).Close});");
            return;
        }

        var program = Schedule(forms, "new_" + store.Tensor.Name, store.Value, store.Tensor.Axes, taken);
        writer.Lines(TorchProgramWriter.Write(program, forms.SizeText));
        stores.Add($"{This(field, store.Tensor)}.copy_({program.Results[0].Name}{CloseOf(forms, store.Tensor)});");
    }

    private static void Retarget(CodeWriter writer, LayerForms forms, InitStep.Retarget retarget, List<string> taken)
    {
        var program = Schedule(forms, "next", retarget.Value, forms.Weight.Axes, taken);
        var statements = program.Statements;
        writer.Lines(TorchProgramWriter.Write(program with { Statements = statements.Take(statements.Count - 1).ToEquatableArray() }, forms.SizeText));
        writer.Line("target = " + TorchProgramWriter.Right(statements[statements.Count - 1], forms.SizeText) + ";");
    }

    private static void Split(CodeWriter writer, LayerForms forms, InitStep.SplitTopRank split, Func<Tensor, string> field, List<string> stores)
    {
        var (up, down) = (field(split.Up), field(split.Down));
        var scale = TorchFunctions.Number(((Literal)split.Scale).Value).Text;
        writer.Line($"var ({up}, {down}) = TopRank(target, rank: {split.Rank}, scale: {scale});");
        stores.Add($"this.{up}.copy_({up});");
        stores.Add($"this.{down}.copy_({down}{CloseOf(forms, split.Down)});");
    }

    /// <summary>The steps of a value, whose variables get names that no earlier step has.</summary>
    private static Program Schedule(LayerForms forms, string name, Expr value, EquatableArray<Index> axes, List<string> taken)
    {
        var program = Scheduler.Schedule(forms.Order, [(name, value, axes)], [.. taken]);
        taken.AddRange(program.Statements.Select(statement => statement.Result.Name));
        return program;
    }

    private static string CloseOf(LayerForms forms, Tensor tensor) => new BlockText(forms).CloseOf(tensor);

    private static string This(Func<Tensor, string> field, Tensor tensor) => field(tensor) is "weight" or "bias" ? "this." + field(tensor) : field(tensor);
}
