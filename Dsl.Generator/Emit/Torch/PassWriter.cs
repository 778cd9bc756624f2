using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the passes of a layer: each is a class, one node of TorchSharp's graph.</summary>
internal sealed class PassWriter(CodeWriter writer, LayerForms forms, LayerPrograms programs)
{
    /// <summary>Writes one pass.</summary>
    /// <param name="name">The class.</param>
    /// <param name="summary">What it is, escaped.</param>
    /// <param name="stored">The tensors that follow the input.</param>
    /// <param name="forward">The steps of the output.</param>
    /// <param name="backward">The steps of the gradients.</param>
    /// <param name="backwardOf">The tensors that have one.</param>
    public void Write(
        string name, string summary, EquatableArray<StoredTensor> stored, Program forward, Program backward, EquatableArray<Tensor> backwardOf)
    {
        writer.Line("/// <summary>" + summary + "</summary>");
        writer.Block($"private sealed class {name} : LayerFunction<{name}>", () =>
        {
            writer.Line("/// <inheritdoc/>").Line($"public override string Name => {LayerText.Quote(forms.Name)};").Line();
            writer.Line("/// <inheritdoc/>");
            writer.Block("protected override Tensor Output(IReadOnlyList<Tensor> inputs)", () =>
            {
                Unpack(forward, stored);
                WriteAndReturn(forward);
            }).Line();
            writer.Line("/// <inheritdoc/>");
            writer.Block("protected override Tensor?[] Gradients(IReadOnlyList<Tensor> inputs, Tensor gradY)", () => Backward(stored, backward, backwardOf));
        });
    }

    /// <summary>The input's gradient comes last, and only where it is wanted: a first layer's input asks for none.</summary>
    private void Backward(EquatableArray<StoredTensor> tensors, Program backward, EquatableArray<Tensor> backwardOf)
    {
        if (!backwardOf.Contains(forms.Input))
        {
            Unpack(backward, tensors);
            writer.Lines(Statements(backward.Statements)).Line("return [" + string.Join(", ", backward.Results.Select(result => result.Name).Prepend("null")) + "];");
            return; // indices have no gradient
        }

        Unpack(backward, tensors, [forms.Input, .. backwardOf.Where((tensor, k) => MaskWriter.IsRepeated(tensor, backward.Results[k]))]);
        var statements = backward.Statements;
        var split = backward.Ends.Count > 1 ? backward.Ends[backward.Ends.Count - 2] : 0;
        if (split > 0)
        {
            writer.Lines(Statements(statements.Take(split))).Line();
        }

        writer.Line("Tensor? gradX = null;");
        writer.Block("if (x.requires_grad)", () =>
        {
            writer.Lines(Statements(statements.Skip(split).Take(statements.Count - split - 1)));
            writer.Line("gradX = " + TorchProgramWriter.Right(statements[statements.Count - 1], forms.SizeText) + ";");
        }).Line();

        var results = backwardOf.Select((tensor, k) => (tensor, value: backward.Results[k])).ToDictionary(pair => pair.tensor, pair => pair.value);
        var order = tensors.Select(stored => results.TryGetValue(stored.Tensor, out var value) ? MaskWriter.Wanted(stored.Tensor, value, LayerText.Field) : "null");
        writer.Lines(MaskWriter.GradientComment(backwardOf));
        writer.Line("return [" + string.Join(", ", order.Prepend("gradX").Concat(MadeAnew(backward).Select(_ => "null"))) + "];");
    }

    private void Unpack(Program program, EquatableArray<StoredTensor> arguments, params Tensor[] always)
    {
        Tensor[] tensors = [forms.Input, .. arguments.Select(stored => stored.Tensor), .. MadeAnew(program)];
        for (var k = 0; k < tensors.Length; k++)
        {
            var name = NamesOf.Variable(tensors[k].Name);
            if (always.Contains(tensors[k]) || program.Inputs.Any(input => input.Name == name))
            {
                writer.Line($"var {name} = inputs[{k}];");
            }
        }

        writer.Line();
    }

    /// <summary>What is made anew is an argument of the layer's own pass, not of the one that rounds the input.</summary>
    private IEnumerable<Tensor> MadeAnew(Program program) => ReferenceEquals(program, programs.Forward) || ReferenceEquals(program, programs.Backward) ? forms.MadeAnew : [];

    private void WriteAndReturn(Program program)
    {
        var statements = program.Statements;
        writer.Lines(Statements(statements.Take(statements.Count - 1)));
        writer.Line("return " + TorchProgramWriter.Right(statements[statements.Count - 1], forms.SizeText) + ";");
    }

    private IEnumerable<string> Statements(IEnumerable<Statement> statements) =>
        statements.Select(statement => "var " + statement.Result.Name + " = " + TorchProgramWriter.Right(statement, forms.SizeText) + ";");
}
