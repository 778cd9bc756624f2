using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>Writes a kernel over rows: a group of threads for each row, which share its values and reduce them in shared memory. Holds no maths.</summary>
internal sealed class RowsKernelWriter(CodeWriter writer, KernelText text, RowKernel kernel)
{
    private long Columns => text.Size(kernel.Space.Skip(kernel.RowAxes));

    /// <summary>Loads of each value, over all sweeps.</summary>
    public static int Loads(RowKernel kernel) => kernel.Sweeps.Sum(sweep => FullReads(kernel, sweep).Count() + sweep.Reloads.Count);

    /// <summary>Stores of each value, over all sweeps.</summary>
    public static int Stores(RowKernel kernel) => kernel.Sweeps.Sum(sweep => sweep.Spills.Count + sweep.Stores.Count);

    /// <summary>The values that the kernel takes, in the order of its parameters.</summary>
    public static IEnumerable<Value> Arguments(RowKernel kernel) =>
        kernel.Inputs.Select(input => input.Value).Concat(kernel.Outputs.Where(output => output.Over is null).Select(output => output.Value));

    /// <summary>Writes the method.</summary>
    public void Write(string name)
    {
        var outputs = string.Join(", ", kernel.Outputs.Select(output => output.Value.Name + (output.Over is { } over ? " in the place of " + over : string.Empty)));
        writer.Line($"/// <summary>{outputs}: a group of threads for each row, {Counted(Loads(kernel), "load")} and {Counted(Stores(kernel), "store")} for each of its values.</summary>");
        writer.Block($"private static void {name}({string.Join(", ", Arguments(kernel).Select(value => "ArrayView<float> " + KernelText.Parameter(value)))})", () =>
        {
            if (kernel.Sweeps.Any(sweep => sweep.Folds.Count > 0))
            {
                writer.Line("var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);");
            }

            writer.Line("var row = Grid.IdxX;").Line($"var start = row * {KernelText.Number(Columns)};")
                .Lines(kernel.Inputs.Where(input => input.Reach != Reach.Full).Select(input => $"var {KernelText.Local(input.Value)} = {KernelText.Parameter(input.Value)}[{(input.Reach == Reach.Row ? "row" : "0")}];"))
                .Lines(kernel.Setup.Select(text.Line));
            var rowOutputs = kernel.Outputs.Where(output => output.Reach == Reach.Row).ToArray();
            foreach (var sweep in kernel.Sweeps)
            {
                Sweep(sweep);
                var isLast = ReferenceEquals(sweep, kernel.Sweeps[kernel.Sweeps.Count - 1]) && kernel.RowSteps.Count == 0 && rowOutputs.Length == 0;
                writer.Lines(isLast && sweep.Folds.Count == 0 ? [] : [string.Empty, .. Folds(sweep)]);
            }

            writer.Lines(kernel.RowSteps.Select(text.Line));
            if (rowOutputs.Length > 0)
            {
                writer.Block("if (Group.IdxX == 0)", () => writer.Lines(rowOutputs.Select(output => $"{KernelText.Parameter(output.Value)}[row] = {KernelText.Local(output.Value)};")));
            }
        });
    }

    internal static string Counted(int count, string what) => KernelText.Number(count) + " " + what + (count == 1 ? string.Empty : "s");

    private static IEnumerable<Value> FullReads(RowKernel kernel, KernelSweep sweep)
    {
        var reads = new HashSet<string>(sweep.Steps.SelectMany(step => step.Reads()).Concat(sweep.Folds.SelectMany(fold => fold.Reads())).Select(read => read.Name));
        return kernel.Inputs.Where(input => input.Reach == Reach.Full && reads.Contains(input.Value.Name)).Select(input => input.Value);
    }

    private void Sweep(KernelSweep sweep)
    {
        writer.Lines(sweep.RowSteps.Select(text.Line));
        writer.Lines(sweep.Folds.Select(fold => $"var {SoFar(fold)} = {Start(fold.Reduction)};"));
        writer.Block($"for (var i = Group.IdxX; i < {KernelText.Number(Columns)}; i += Group.DimX)", () =>
        {
            writer.Lines(FullReads(kernel, sweep).Select(input => $"var {KernelText.Local(input)} = {KernelText.Parameter(input)}[start + i];"));
            writer.Lines(sweep.Reloads.Select(reload => $"var {KernelText.Local(reload.Value)} = {MemoryOf(reload.Output)}[start + i];"));
            writer.Lines(sweep.Steps.Select(text.Line));
            writer.Lines(sweep.Folds.Select(fold => Accumulate(fold.Reduction, SoFar(fold), text.Text(fold.Body))));
            writer.Lines(sweep.Spills.Select(spill => $"{MemoryOf(spill.Output)}[start + i] = {KernelText.Local(spill.Value)}; // for the next sweep"));
            writer.Lines(sweep.Stores.Select(store => $"{MemoryOf(store.Name)}[start + i] = {KernelText.Local(store)};"));
        });
    }

    private static IEnumerable<string> Folds(KernelSweep sweep) => sweep.Folds.Select(fold => $"var {KernelText.Local(fold.Result)} = DeviceReduce.{fold.Reduction}(shared, {SoFar(fold)});");

    internal static string Start(Reduction reduction) => reduction == Reduction.Sum ? "0f" : "float.NegativeInfinity";

    internal static string Accumulate(Reduction reduction, string soFar, string body) =>
        reduction == Reduction.Sum ? $"{soFar} += {body};" : $"{soFar} = DeviceMath.Max({soFar}, {body});";

    private static string SoFar(Statement.Fold fold) => fold.Result.Name + "SoFar";

    /// <summary>The memory of an output.</summary>
    private string MemoryOf(string output)
    {
        var found = kernel.Outputs.First(candidate => candidate.Value.Name == output);
        return KernelText.Parameter(found.Over is { } over ? found.Value with { Name = over } : found.Value);
    }
}
