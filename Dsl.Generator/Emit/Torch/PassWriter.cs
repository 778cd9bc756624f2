using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the passes of a layer: each is a class, one node of TorchSharp's graph.</summary>
internal sealed class PassWriter(CodeWriter writer, LayerForms forms, LayerPrograms programs, LoopWriter loops)
{
    /// <summary>How the pass that is written reads a size.</summary>
    private Func<Size, string> sizeOf = forms.SizeText;

    private const string Composed = "Tensor?[] Gradients(IReadOnlyList<Tensor> inputs, Tensor gradY)";
    private const string InLoops = "Tensor?[] LoopGradients(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> kept, Tensor gradY)";

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
        sizeOf = forms.SizeTextOf([forms.Input, .. stored.Select(part => part.Tensor)]);
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
            writer.Block("protected override " + Composed, () => Backward(stored, backward, backwardOf));
            if (ReferenceEquals(forward, programs.Forward) && programs.Loops is { } inLoops)
            {
                Loops(stored, inLoops, backwardOf);
            }
        });
    }

    /// <summary>The same passes with loops over the tensors' memory.</summary>
    private void Loops(EquatableArray<StoredTensor> stored, LoopPrograms passes, EquatableArray<Tensor> backwardOf)
    {
        writer.Line().Line("/// <inheritdoc/>").Line("protected override bool HasLoops => true;").Line();
        writer.Line("/// <inheritdoc/>");
        writer.Block("protected override Tensor LoopOutput(IReadOnlyList<Tensor> inputs, ICollection<Tensor> kept)", () => LoopOutput(stored, passes)).Line();
        writer.Line("/// <inheritdoc/>");
        writer.Block("protected override " + InLoops, () => Backward(stored, passes.Backward, backwardOf));
        if (passes.Keep is { } keep)
        {
            writer.Line().Line($"/// <summary>The weight {keep.Value.Name}, from the inputs of the pass.</summary>");
            writer.Block($"private static Tensor {WeightMethod(keep)}(IReadOnlyList<Tensor> inputs)", () =>
            {
                var steps = Behind(passes.Forward, keep.Value);
                Unpack(passes.Forward, steps, stored);
                writer.Lines(loops.Lines(steps, passes.Forward, sizeOf)).Line($"return {keep.Value.Name};");
            });
        }
    }

    private void LoopOutput(EquatableArray<StoredTensor> stored, LoopPrograms passes)
    {
        IReadOnlyList<Statement> statements = passes.Keep is { } keep ? Beside(passes.Forward, keep.Value) : passes.Forward.Statements;
        Unpack(passes.Forward, statements, stored, forms.Input);
        if (passes.Keep is { Value.Name: var weight } choice)
        {
            writer.Line($"var {weight} = {WeightMethod(choice)}(inputs);");
        }

        writer.Lines(loops.Lines(statements.Take(statements.Count - 1), passes.Forward, sizeOf));
        writer.Lines(passes.Products.Concat(passes.Keep is null ? passes.Weights : []).Select(value => $"kept.Add({value.Name});"));
        if (passes.Keep is { } when)
        {
            writer.Block($"if (x.shape[0] < {when.Below})", () => writer.Line($"kept.Add({when.Value.Name});")).Line();
        }

        writer.Line("return " + TorchProgramWriter.Right(statements[statements.Count - 1], sizeOf) + ";");
    }

    private static string WeightMethod(KeepChoice keep) => NamesOf.Pascal(keep.Value.Name) + "Of";

    /// <summary>The steps that a value comes from.</summary>
    private static List<Statement> Behind(Program program, Value value)
    {
        var needed = new HashSet<string> { value.Name };
        var steps = program.Statements.Reverse().Where(statement =>
        {
            var isNeeded = statement.Results().Any(result => needed.Contains(result.Name));
            needed.UnionWith(isNeeded ? statement.Reads().Select(read => read.Name) : []);
            return isNeeded;
        }).ToList();
        steps.Reverse();
        return steps;
    }

    /// <summary>The steps of a pass where a value is given: what only it comes from is left out.</summary>
    private static List<Statement> Beside(Program program, Value value)
    {
        var needed = new HashSet<string>(program.Results.Select(result => result.Name));
        var steps = program.Statements.Reverse().Where(statement =>
        {
            var isNeeded = statement.Results().Any(result => result.Name != value.Name && needed.Contains(result.Name));
            needed.UnionWith(isNeeded ? statement.Reads().Select(read => read.Name) : []);
            return isNeeded;
        }).ToList();
        steps.Reverse();
        return steps;
    }

    /// <summary>The input's gradient comes last, and only where it is wanted: a first layer's input asks for none.</summary>
    private void Backward(EquatableArray<StoredTensor> tensors, Program backward, EquatableArray<Tensor> backwardOf)
    {
        if (!backwardOf.Contains(forms.Input))
        {
            Unpack(backward, tensors);
            writer.Lines(loops.Lines(backward.Statements, backward, sizeOf)).Line("return [" + string.Join(", ", backward.Results.Select(result => result.Name).Prepend("null")) + "];");
            return; // indices have no gradient
        }

        Unpack(backward, tensors, [forms.Input, .. backwardOf.Where((tensor, k) => MaskWriter.IsRepeated(tensor, backward.Results[k]))]);
        var statements = backward.Statements;
        var split = backward.Ends.Count > 1 ? backward.Ends[backward.Ends.Count - 2] : 0;
        if (split > 0)
        {
            writer.Lines(Given(backward, statements.Take(split))).Lines(loops.Lines(statements.Take(split), backward, sizeOf)).Line();
        }

        writer.Line("Tensor? gradX = null;");
        writer.Block("if (x.requires_grad)", () =>
        {
            writer.Lines(Given(backward, statements.Skip(split)).Except(Given(backward, statements.Take(split)))).Lines(loops.Lines(statements.Skip(split).Take(statements.Count - split - 1), backward, sizeOf));
            writer.Line("gradX = " + TorchProgramWriter.Right(statements[statements.Count - 1], sizeOf) + ";");
        }).Line();

        var results = backwardOf.Select((tensor, k) => (tensor, value: backward.Results[k])).ToDictionary(pair => pair.tensor, pair => pair.value);
        var order = tensors.Select(stored => results.TryGetValue(stored.Tensor, out var value) ? MaskWriter.Wanted(stored.Tensor, value, LayerText.Field) : "null");
        writer.Lines(MaskWriter.GradientComment(backwardOf));
        writer.Line("return [" + string.Join(", ", order.Prepend("gradX").Concat(MadeAnew(backward).Select(_ => "null"))) + "];");
    }

    /// <summary>What the forward pass kept, where steps read it.</summary>
    private IEnumerable<string> Given(Program backward, IEnumerable<Statement> steps)
    {
        if (programs.Loops is not { } passes || !ReferenceEquals(backward, passes.Backward))
        {
            return [];
        }

        var read = new HashSet<string>(steps.SelectMany(statement => statement.Reads()).Select(value => value.Name));
        return passes.Products.Concat(passes.Weights).Select((value, k) => (value, k)).Where(pair => read.Contains(pair.value.Name)).Select(pair =>
            passes.Keep is { } keep && keep.Value == pair.value
                ? $"var {pair.value.Name} = kept.Count > {pair.k} ? kept[{pair.k}] : {WeightMethod(keep)}(inputs);"
                : $"var {pair.value.Name} = kept[{pair.k}];");
    }

    private void Unpack(Program program, EquatableArray<StoredTensor> arguments, params Tensor[] always) => Unpack(program, program.Statements, arguments, always);

    /// <summary>What some steps of a pass read from its inputs.</summary>
    private void Unpack(Program program, IReadOnlyList<Statement> statements, EquatableArray<StoredTensor> arguments, params Tensor[] always)
    {
        var read = new HashSet<string>(statements.SelectMany(statement => statement.Reads()).Select(value => value.Name));
        Tensor[] tensors = [forms.Input, .. arguments.Select(stored => stored.Tensor), .. MadeAnew(program)];
        for (var k = 0; k < tensors.Length; k++)
        {
            var name = NamesOf.Variable(tensors[k].Name);
            if (always.Contains(tensors[k]) || read.Contains(name))
            {
                writer.Line($"var {name} = inputs[{k}];");
            }
        }

        writer.Line();
    }

    /// <summary>What is made anew is an argument of the layer's own pass, not of the one that rounds the input.</summary>
    private IEnumerable<Tensor> MadeAnew(Program program) => ReferenceEquals(program, programs.Forward) || ReferenceEquals(program, programs.Backward) || ReferenceEquals(program, programs.Loops?.Forward) || ReferenceEquals(program, programs.Loops?.Backward) ? forms.MadeAnew : [];

    private void WriteAndReturn(Program program)
    {
        var statements = program.Statements;
        writer.Lines(Statements(statements.Take(statements.Count - 1)));
        writer.Line("return " + TorchProgramWriter.Right(statements[statements.Count - 1], sizeOf) + ";");
    }

    private IEnumerable<string> Statements(IEnumerable<Statement> statements) =>
        statements.Select(statement => "var " + statement.Result.Name + " = " + TorchProgramWriter.Right(statement, sizeOf) + ";");
}
