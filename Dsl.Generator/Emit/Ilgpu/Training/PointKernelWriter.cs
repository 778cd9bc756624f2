using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>Writes kernels with a thread for each place, and reductions of any axes. Holds no maths.</summary>
internal sealed class PointKernelWriter(CodeWriter writer, KernelText text)
{
    /// <summary>The values that a chain takes, in the order of its parameters: what it reads, then what it makes.</summary>
    public static IReadOnlyList<Value> Arguments(DeviceStep.Points points) =>
        [.. Read(points), .. points.Computed.Select(step => step.Result)];

    /// <summary>The values that a reduction takes, in the order of its parameters.</summary>
    public static IReadOnlyList<Value> Arguments(DeviceStep.Reduce reduce) => [.. Distinct(reduce.Fold.Reads()), reduce.Fold.Result];

    /// <summary>Writes chains over the same axes.</summary>
    public void Write(string name, DeviceStep.Points points)
    {
        var axes = points.Computed[0].Result.Axes;
        var variables = text.Variables(axes);
        var results = string.Join(", ", points.Computed.Select(step => step.Result.Name));
        writer.Line($"/// <summary>{results}: a thread for each value.</summary>");
        writer.Block($"private static void {name}(Index1D i, {Parameters(Arguments(points))}{(text.TakesRows(points) ? ", int rows" : string.Empty)})", () =>
        {
            var read = Read(points);
            if (read.Any(value => value.Axes.Count > 0 && value.Axes != axes))
            {
                writer.Lines(text.Apart(axes, variables));
            }

            writer.Lines(read.Select(value => Load(value, value.Axes == axes ? "i" : text.Place(value.Axes, variables))));
            writer.Lines(points.Computed.Select(text.Line));
            writer.Lines(points.Computed.Select(step => $"{KernelText.Parameter(step.Result)}[i] = {KernelText.Local(step.Result)};"));
        });
    }

    /// <summary>Writes a reduction.</summary>
    public void Write(string name, DeviceStep.Reduce reduce)
    {
        var parameters = Parameters(Arguments(reduce)) + (text.TakesRows(reduce) ? ", int rows" : string.Empty);
        writer.Line($"/// <summary>{reduce.Fold.Result.Name}: {(reduce.ByGroup ? "a group of threads" : "a thread")} for each value.</summary>");
        writer.Block($"private static void {name}({(reduce.ByGroup ? string.Empty : "Index1D i, ")}{parameters})", () =>
        {
            if (reduce.Outer.Count > 0)
            {
                ByPlanes(reduce);
            }
            else if (reduce.ByGroup)
            {
                ByGroup(reduce.Fold);
            }
            else
            {
                ByThread(reduce.Fold);
            }
        });
    }

    private void ByGroup(Statement.Fold fold)
    {
        var variables = text.Variables(fold.Result.Axes);
        writer.Line("var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);").Line("var i = Grid.IdxX;");
        var (inside, outside) = Split(fold);
        if (inside.Any(value => KeptAxes(value, fold).Count > 0) || outside.Any(value => value.Axes.Count > 0))
        {
            writer.Lines(text.Apart(fold.Result.Axes, variables));
        }

        writer.Lines(outside.Select(value => Load(value, text.Place(value.Axes, variables)))).Line($"var soFar = {RowsKernelWriter.Start(fold.Reduction)};");
        writer.Block($"for (var k = Group.IdxX; k < {text.Count(fold.Over)}; k += Group.DimX)", () => writer
            .Lines(inside.Select(value => Load(value, KeptAxes(value, fold) is { Count: > 0 } kept ? $"(({text.Place(kept, variables)}) * {text.Count(fold.Over)}) + k" : "k")))
            .Line(RowsKernelWriter.Accumulate(fold.Reduction, "soFar", text.Text(fold.Body))));
        writer.Line().Line($"var {KernelText.Local(fold.Result)} = DeviceReduce.{fold.Reduction}(shared, soFar);");
        writer.Block("if (Group.IdxX == 0)", () => writer.Line($"{KernelText.Parameter(fold.Result)}[i] = {KernelText.Local(fold.Result)};"));
    }

    /// <summary>The threads of a group take the planes of a result one after the other.</summary>
    private void ByPlanes(DeviceStep.Reduce reduce)
    {
        var fold = reduce.Fold;
        var (inside, outside) = Split(fold);
        writer.Line("var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);").Line("var i = Grid.IdxX;");
        writer.Lines(outside.Select(value => Load(value, value.Axes.Count == 0 ? "0" : "i"))).Line($"var soFar = {RowsKernelWriter.Start(fold.Reduction)};");
        writer.Block($"for (var along = 0; along < {text.Count(reduce.Outer)}; along++)", () =>
        {
            writer.Line($"var start = ((along * {text.Count(fold.Result.Axes)}) + i) * {text.Count(reduce.Inner)};");
            writer.Block($"for (var k = Group.IdxX; k < {text.Count(reduce.Inner)}; k += Group.DimX)", () => writer
                .Lines(inside.Select(value => Load(value, "start + k")))
                .Line(RowsKernelWriter.Accumulate(fold.Reduction, "soFar", text.Text(fold.Body))));
        });
        writer.Line().Line($"var {KernelText.Local(fold.Result)} = DeviceReduce.{fold.Reduction}(shared, soFar);");
        writer.Block("if (Group.IdxX == 0)", () => writer.Line($"{KernelText.Parameter(fold.Result)}[i] = {KernelText.Local(fold.Result)};"));
    }

    private void ByThread(Statement.Fold fold)
    {
        var variables = text.Variables(fold.Result.Axes);
        foreach (var pair in KernelText.Loops(fold.Over))
        {
            variables.Add(pair.Key, pair.Value);
        }

        var (inside, outside) = Split(fold);
        writer.Lines(text.Apart(fold.Result.Axes, variables)).Lines(outside.Select(value => Load(value, text.Place(value.Axes, variables)))).Line($"var soFar = {RowsKernelWriter.Start(fold.Reduction)};");
        Loop(0);
        writer.Line().Line($"{KernelText.Parameter(fold.Result)}[i] = soFar;");

        void Loop(int depth)
        {
            if (depth == fold.Over.Count)
            {
                writer.Lines(inside.Select(value => Load(value, text.Place(value.Axes, variables)))).Line(RowsKernelWriter.Accumulate(fold.Reduction, "soFar", text.Text(fold.Body)));
                return;
            }

            var variable = variables[fold.Over[depth]];
            writer.Block($"for (var {variable} = 0; {variable} < {text.Count([fold.Over[depth]])}; {variable}++)", () => Loop(depth + 1));
        }
    }

    /// <summary>What is read at each turn, and what is the same for all.</summary>
    private static (Value[] Inside, Value[] Outside) Split(Statement.Fold fold)
    {
        var reads = Distinct(fold.Reads()).ToArray();
        return (reads.Where(value => value.Axes.Any(fold.Over.Contains)).ToArray(), reads.Where(value => !value.Axes.Any(fold.Over.Contains)).ToArray());
    }

    private static EquatableArray<Index> KeptAxes(Value value, Statement.Fold fold) => value.Axes.Where(axis => !fold.Over.Contains(axis)).ToEquatableArray();

    private static Value[] Read(DeviceStep.Points points)
    {
        var made = new HashSet<string>(points.Computed.Select(step => step.Result.Name));
        return [.. Distinct(points.Computed.SelectMany(step => step.Reads()).Where(read => !made.Contains(read.Name)))];
    }

    private static IEnumerable<Value> Distinct(IEnumerable<Value> values) => values.GroupBy(value => value.Name).Select(group => group.First());

    private static string Parameters(IEnumerable<Value> values) => string.Join(", ", values.Select(value => "ArrayView<float> " + KernelText.Parameter(value)));

    private static string Load(Value value, string place) => $"var {KernelText.Local(value)} = {KernelText.Parameter(value)}[{place}];";
}
