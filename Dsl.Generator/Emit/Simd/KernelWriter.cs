using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Simd;

/// <summary>Writes a kernel as a struct whose loops are written once over a vector type. Holds no maths: every choice was made by the scheduler.</summary>
/// <param name="columns">The numbers of a row.</param>
internal sealed class KernelWriter(CodeWriter writer, RowKernel kernel, long columns, Func<Size, string> sizeOf)
{

    /// <summary>An argument of the struct: rows of memory, or a number.</summary>
    public static string Parameter(Value value, Reach reach) => value.Name + (reach == Reach.Scalar ? "Value" : "Rows");

    /// <summary>Writes the struct.</summary>
    public void Write(string name)
    {
        var parameters = kernel.Inputs.Select(input => (input.Reach == Reach.Scalar ? "float " : "FloatRows ") + Parameter(input.Value, input.Reach))
            .Concat(kernel.Outputs.Where(output => output.Over is null).Select(output => "FloatRows " + Parameter(output.Value, output.Reach)));
        var outputs = string.Join(", ", kernel.Outputs.Select(output => output.Value.Name + (output.Over is { } over ? " in the place of " + over : string.Empty)));
        writer.Line($"/// <summary>{outputs}: one pass over memory, each row in {(kernel.Sweeps.Count == 1 ? "one sweep" : kernel.Sweeps.Count + " sweeps")}.</summary>");
        writer.Block($"private readonly struct {name}({string.Join(", ", parameters)}) : IRowKernel", () =>
        {
            writer.Line("/// <inheritdoc/>").Line("public void Run<V>(int first, int end)").Indented(() => writer.Line("where V : struct, IVector<V>"));
            writer.Body(() =>
            {
                writer.Lines(kernel.Inputs.Where(input => input.Reach == Reach.Scalar).Select(input => $"var {input.Value.Name} = V.Of({Parameter(input.Value, input.Reach)});"));
                writer.Lines(kernel.Setup.Select(Line));
                writer.Block("for (var row = first; row < end; row++)", Row);
            });
        });
    }

    private void Row()
    {
        foreach (var input in kernel.Inputs.Where(input => input.Reach != Reach.Scalar))
        {
            writer.Line(input.Reach == Reach.Row ? $"var {input.Value.Name} = V.Of({input.Value.Name}Rows[row][0]);" : $"var {input.Value.Name}Row = {input.Value.Name}Rows[row];");
        }

        writer.Lines(kernel.Outputs.Where(output => output.Reach == Reach.Full && output.Over is null).Select(output => $"var {output.Value.Name}Row = {output.Value.Name}Rows[row];")).Line();
        foreach (var sweep in kernel.Sweeps)
        {
            Sweep(sweep);
        }

        writer.Lines(kernel.RowSteps.Select(Line));
        writer.Lines(kernel.Outputs.Where(output => output.Reach == Reach.Row).Select(output => $"{output.Value.Name}Rows[row][0] = {output.Value.Name}.First();"));
    }

    private void Sweep(KernelSweep sweep)
    {
        writer.Lines(sweep.RowSteps.Select(Line));
        writer.Lines(sweep.Folds.Select(fold => $"var {Accumulator(fold)} = new {(fold.Reduction == Reduction.Sum ? "RowSum" : "RowMax")}<V>();"));
        writer.Block($"for (var i = 0; i < {columns}; i += V.Count)", () =>
        {
            var reads = new HashSet<string>(sweep.Steps.SelectMany(step => step.Reads()).Concat(sweep.Folds.SelectMany(fold => fold.Reads())).Select(read => read.Name));
            writer.Lines(kernel.Inputs.Where(input => input.Reach == Reach.Full && reads.Contains(input.Value.Name)).Select(input => $"var {input.Value.Name} = V.Load({input.Value.Name}Row, i);"));
            writer.Lines(sweep.Reloads.Select(reload => $"var {reload.Value.Name} = V.Load({RowOf(reload.Output)}, i);"));
            writer.Lines(sweep.Steps.Select(Line));
            writer.Lines(sweep.Folds.Select(fold => $"{Accumulator(fold)}.Add({Text(fold.Body).Text}, {columns} - i);"));
            writer.Lines(sweep.Spills.Select(spill => $"{spill.Value.Name}.Store({RowOf(spill.Output)}, i); // for the next sweep"));
            writer.Lines(sweep.Stores.Select(store => $"{store.Name}.Store({RowOf(store.Name)}, i);"));
        });
        writer.Lines(sweep.Folds.Count > 0 ? [string.Empty] : []).Lines(sweep.Folds.Select(fold => $"var {fold.Result.Name} = {Accumulator(fold)}.Value;"));
    }

    private static string Accumulator(Statement.Fold fold) => fold.Result.Name + "SoFar";

    /// <summary>The memory of an output.</summary>
    private string RowOf(string output) => (kernel.Outputs.First(candidate => candidate.Value.Name == output).Over ?? output) + "Row";

    private string Line(Statement.Compute step) => $"var {step.Result.Name} = {Text(step.Body).Text};";

    private (string Text, int Precedence) Text(Pointwise body) => TorchProgramWriter.Constant(body, sizeOf) is { } number
        ? SimdFunctions.Number(number)
        : body switch
        {
            Pointwise.Read read => (read.Source.Name, TorchFunctions.Primary),
            Pointwise.Apply apply => Bounded(apply) ?? SimdFunctions.Write(apply.Function, apply.Arguments.Select(Text).ToArray()),
            _ => throw new ShapeException("A pointwise form without a vector text: " + body.GetType().Name),
        };

    /// <summary>A bound that is a number lets NaN pass, at the price of one comparison.</summary>
    private (string Text, int Precedence)? Bounded(Pointwise.Apply apply)
    {
        if (apply.Function is not (Function.Max or Function.Min))
        {
            return null;
        }

        var bound = apply.Arguments.Select(argument => TorchProgramWriter.Constant(argument, sizeOf)).ToList().FindIndex(number => number is not null);
        return bound < 0 ? null : (
            $"VectorMath.{(apply.Function == Function.Max ? "ClampMin" : "ClampMax")}({Text(apply.Arguments[1 - bound]).Text}, {Text(apply.Arguments[bound]).Text})",
            TorchFunctions.Primary);
    }
}
