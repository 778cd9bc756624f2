using LayerDsl.Generator.Emit.Simd;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes the steps of passes whose weight maps are loops over the tensors' memory, and the loops.</summary>
internal sealed class LoopWriter(CodeWriter writer, LayerForms forms)
{
    private readonly List<(RowKernel Kernel, string Name)> kernels = [];

    /// <summary>The lines of some steps.</summary>
    /// <param name="statements">The steps.</param>
    /// <param name="program">The pass that they belong to.</param>
    /// <param name="sizeOf">How a size is read where the lines stand.</param>
    public IEnumerable<string> Lines(IEnumerable<Statement> statements, Program program, Func<Size, string> sizeOf)
    {
        var read = new HashSet<string>(program.Statements.OfType<Statement.Sweep>().SelectMany(sweep => sweep.Kernel.Inputs).Select(input => input.Value.Name));
        var turned = TurnedIn(program);
        return statements.SelectMany(statement => statement is Statement.Sweep sweep
            ? Sweep(sweep.Kernel)
            : [Contiguous(statement, read, turned, sizeOf)]);
    }

    /// <summary>What is computed from something with its axes in another order, which TorchSharp leaves where it is.</summary>
    private static HashSet<string> TurnedIn(Program program)
    {
        var turned = new HashSet<string>();
        foreach (var compute in program.Statements.OfType<Statement.Compute>())
        {
            if (compute.Reads().Any(read => turned.Contains(read.Name) || !compute.Result.Axes.Where(read.Axes.Contains).SequenceEqual(read.Axes)))
            {
                turned.Add(compute.Result.Name);
            }
        }

        return turned;
    }

    /// <summary>The structs with the loops that the lines call.</summary>
    public void Structs()
    {
        foreach (var (kernel, name) in kernels)
        {
            writer.Line();
            new KernelWriter(writer, kernel, ColumnsOf(kernel), forms.SizeText).Write(name);
        }
    }

    /// <summary>A loop takes the numbers of its inputs in their order; products of matrices have it, other contractions and what is read transposed may not.</summary>
    private static string Contiguous(Statement statement, HashSet<string> read, HashSet<string> turned, Func<Size, string> sizeOf)
    {
        var line = TorchProgramWriter.Line(statement, sizeOf);
        var mayHaveGaps = read.Contains(statement.Result.Name) && statement.Result.Axes.Count != 0 && statement switch
        {
            Statement.Convolve => true,
            Statement.Contract => !line.Contains(".matmul("),
            Statement.Compute => turned.Contains(statement.Result.Name),
            _ => false,
        };
        return !mayHaveGaps ? line
            : statement is Statement.Compute ? $"var {statement.Result.Name} = ({TorchProgramWriter.Right(statement, sizeOf)}).contiguous();"
            : line.Substring(0, line.Length - 1) + ".contiguous();";
    }

    private IEnumerable<string> Sweep(RowKernel kernel)
    {
        var rows = kernel.Space.Take(kernel.RowAxes).Aggregate(1L, (product, axis) => product * forms.Evaluate(axis.Size));
        foreach (var output in kernel.Outputs)
        {
            yield return output.Over is { } over
                ? $"var {output.Value.Name} = {over};"
                : $"var {output.Value.Name} = TensorLoop.New({string.Join(", ", output.Value.Axes.Select(axis => forms.SizeText(axis.Size)))});";
        }

        var arguments = kernel.Inputs.Select(input => Argument(input.Value, input.Reach, rows)).Concat(kernel.Outputs.Where(output => output.Over is null).Select(output => Argument(output.Value, output.Reach, rows)));
        yield return $"TensorLoop.Run(new {NameOf(kernel)}({string.Join(", ", arguments)}), {rows}, {ColumnsOf(kernel)});";
    }

    private long ColumnsOf(RowKernel kernel) => kernel.Space.Skip(kernel.RowAxes).Aggregate(1L, (product, axis) => product * forms.Evaluate(axis.Size));

    private static string Argument(Value value, Reach reach, long rows) =>
        reach == Reach.Scalar ? $"TensorLoop.Number({value.Name})" : $"TensorLoop.Rows({value.Name}, {rows})";

    private string NameOf(RowKernel kernel)
    {
        var known = kernels.FirstOrDefault(entry => entry.Kernel.Equals(kernel)).Name;
        if (known is null)
        {
            var stem = NamesOf.Pascal(kernel.Outputs[0].Value.Name) + "Loop";
            var same = kernels.Count(entry => entry.Name.StartsWith(stem, StringComparison.Ordinal));
            known = same == 0 ? stem : stem + (same + 1);
            kernels.Add((kernel, known));
        }

        return known;
    }
}
