using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>A chain of functions value by value, as one kernel forward and one backward.</summary>
internal sealed class TrainedFunction
{
    private readonly string launcher;
    private readonly ForwardStep.Fused fused;
    private readonly EquatableArray<string> parameters;
    private IReadOnlyList<(int Argument, string Target, bool Adds)> targets = [];

    private TrainedFunction(int step, ForwardStep.Fused fused, string launcher)
    {
        (Step, this.fused, this.launcher) = (step, fused, launcher);
        var names = new NameScope("i", "y", "gradY");
        parameters = fused.Arguments.Select((_, number) => names.Variable(fused.Arguments.Count == 1 ? "x" : "x" + (number + 1), "Value", "Gradient")).ToEquatableArray();
    }

    /// <summary>The step.</summary>
    public int Step { get; }

    /// <summary>What it computes, forward and backward, with what it loads and stores.</summary>
    public string Header => $"{Method}: y = {Formula}; {RowsKernelWriter.Counted(fused.Arguments.Count, "load")} and 1 store for each value"
        + (targets.Count == 0 ? string.Empty : $"; backward {RowsKernelWriter.Counted(Read.Count() + 1 + targets.Count(target => target.Adds), "load")} and {RowsKernelWriter.Counted(targets.Count, "store")}");

    /// <summary>The fields of the launchers.</summary>
    public IEnumerable<string> Fields =>
    [
        $"private readonly Action<AcceleratorStream, {ForwardTypes}> {launcher};",
        .. targets.Count == 0 ? Array.Empty<string>() : [$"private readonly Action<AcceleratorStream, {BackwardTypes}> {launcher}Back;"],
    ];

    /// <summary>The lines that compile the kernels.</summary>
    public IEnumerable<string> Loads =>
    [
        $"{launcher} = accelerator.LoadAutoGroupedKernel<{ForwardTypes}>({Method});",
        .. targets.Count == 0 ? Array.Empty<string>() : [$"{launcher}Back = accelerator.LoadAutoGroupedKernel<{BackwardTypes}>({Method}Back);"],
    ];

    private string Method => NamesOf.Pascal(launcher);

    private string Formula => FusedKernel.Text(fused.Body, 0, number => parameters[number]).Replace("DeviceMath.", string.Empty);

    private string ForwardTypes => "Index1D" + string.Concat(Enumerable.Repeat(", ArrayView<float>", fused.Arguments.Count + 1));

    private string BackwardTypes => "Index1D" + string.Concat(Enumerable.Repeat(", ArrayView<float>", Read.Count() + 1 + targets.Count));

    private IReadOnlyList<FusedValue?> Gradients => FusedGradients.Of(fused.Body, fused.Arguments.Count);

    /// <summary>The arguments whose values the gradients take.</summary>
    private IEnumerable<int> Read => targets.Select(target => Gradients[target.Argument]!).SelectMany(Arguments).Where(number => number < fused.Arguments.Count).Distinct().OrderBy(number => number);

    public static List<TrainedFunction> Of(ForwardProgram program, NameScope names) => program.Steps
        .Select((found, number) => (Fused: found as ForwardStep.Fused, Number: number)).Where(pair => pair.Fused is not null)
        .Select(pair => new TrainedFunction(pair.Number, pair.Fused!, names.Variable("fused" + FusedKernel.NameOf(pair.Fused!.Body) + "Kernel", "Back"))).ToList();

    /// <summary>The launch of the forward kernel.</summary>
    public string Forward(string count, IEnumerable<string> arguments, string result) => $"{launcher}(Stream, {count}, {string.Join(", ", arguments.Append(result))});";

    /// <summary>The launch of the backward kernel.</summary>
    /// <param name="count">How many values.</param>
    /// <param name="arguments">The views of the arguments.</param>
    /// <param name="gradient">The gradient of the result.</param>
    /// <param name="wanted">For each gradient that is wanted the argument's number, its view, and whether it is added.</param>
    public IEnumerable<string> Backward(string count, IEnumerable<string> arguments, string gradient, IReadOnlyList<(int Argument, string Target, bool Adds)> wanted)
    {
        targets = wanted.Where(target => Gradients[target.Argument] is not null).ToArray();
        var views = arguments.ToArray();
        return targets.Count == 0 ? [] : [$"{launcher}Back(Stream, {count}, {string.Join(", ", Read.Select(number => views[number]).Append(gradient).Concat(targets.Select(target => target.Target)))});"];
    }

    /// <summary>Writes the kernels.</summary>
    public void Write(CodeWriter writer)
    {
        writer.Line().Line($"/// <summary>y = {Torch.LayerText.Xml(Formula)}.</summary>");
        writer.Block($"private static void {Method}(Index1D i, {Views(parameters.Append("y"))})", () => writer
            .Lines(parameters.Select(parameter => $"var {parameter}Value = {parameter}[i];"))
            .Line($"y[i] = {FusedKernel.Text(fused.Body, 0, number => parameters[number] + "Value")};"));
        if (targets.Count == 0)
        {
            return;
        }

        var results = targets.Select(target => parameters[target.Argument] + "Gradient").ToArray();
        writer.Line().Line($"/// <summary>The gradients of {string.Join(", ", targets.Select(target => parameters[target.Argument]))}.</summary>");
        writer.Block($"private static void {Method}Back(Index1D i, {Views(Read.Select(number => parameters[number]).Append("gradY").Concat(results))})", () => writer
            .Lines(Read.Select(number => $"var {parameters[number]}Value = {parameters[number]}[i];"))
            .Line("var gradient = gradY[i];")
            .Lines(targets.Select((target, k) => $"{results[k]}[i] {(target.Adds ? "+=" : "=")} {FusedKernel.Text(Gradients[target.Argument]!, 0, ArgumentText)};")));
    }

    private string ArgumentText(int number) => number == fused.Arguments.Count ? "gradient" : parameters[number] + "Value";

    private static string Views(IEnumerable<string> parameters) => string.Join(", ", parameters.Select(parameter => "ArrayView<float> " + parameter));

    private static IEnumerable<int> Arguments(FusedValue value) => value switch
    {
        FusedValue.Argument argument => [argument.Number],
        FusedValue.Activate activate => Arguments(activate.Operand),
        FusedValue.Slope slope => Arguments(slope.Operand),
        FusedValue.Combine combine => Arguments(combine.Left).Concat(Arguments(combine.Right)),
        FusedValue.WithNumber number => Arguments(number.Operand),
        _ => [],
    };
}
