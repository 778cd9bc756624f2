using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit;

/// <summary>What the scheduler chose for a layer, in words: loops over the weight, what is kept for the backward pass, branch or merged weight.</summary>
internal static class ScheduleText
{
    public static IEnumerable<string> Lines(LayerForms forms, LayerPrograms programs)
    {
        if (programs.Loops is { } loops)
        {
            foreach (var line in Loops(loops))
            {
                yield return line;
            }
        }
        else if (forms.Norm is null && forms.Table is null && CostModel.PerPass(programs.Forward, forms.OutputAxes[0], forms.Evaluate) > 0)
        {
            yield return forms.IsSymbolic ? "the weight is computed by composed operations, which serve every size" : "the weight is computed by composed operations: no step of it has a loop";
        }

        foreach (var line in programs.Branch is { } branch ? Branches(forms, branch) : [])
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Branches(LayerForms forms, BranchChoice choice)
    {
        string Text(Size size) => CertificateText.Text(forms, size);
        var from = choice.From is { } rows ? ScheduleText.Text(rows) : $"{Text(choice.MergedFlops)} / ({Text(choice.BranchFlops)})";
        var costs = $"{Text(choice.BranchFlops)} FLOPs for {(forms.Shape is Conv2dShape ? "an output position" : "a row of the batch")}, forward and backward";
        var merged = $"{Text(choice.MergedFlops)} FLOPs and {Text(choice.MergedBytes)} bytes a pass";
        if (forms.Merged is null)
        {
            yield return $"the term of low rank is a branch whatever the batch: {costs}";
            yield break;
        }

        if (choice.From == 1)
        {
            yield return $"the term of low rank is a branch where the weight is frozen: {costs};";
            yield return $"where it is trained, merged into it first: {merged}";
            yield break;
        }

        yield return $"the term of low rank is a branch below {from} {(forms.Shape is Conv2dShape ? "output positions" : "rows")}" + (choice.From is null ? ", a number that the constructor computes:" : ":");
        yield return costs + ";";
        yield return $"from there on, where the weight is trained, merged into it first: {merged}";
    }

    private static IEnumerable<string> Loops(LoopPrograms loops)
    {
        var (forward, backward) = (Describe(loops.Forward), Describe(loops.Backward));
        if (forward.Length > 0)
        {
            yield return "forward: " + forward + (backward.Length > 0 ? "; backward: " + backward : string.Empty);
        }

        if (loops.Products.Count > 0)
        {
            yield return string.Join(", ", loops.Products.Select(value => value.Name)) + " kept for the backward pass";
        }

        if (loops.Keep is { } keep)
        {
            yield return $"{keep.Value.Name} kept for the backward pass below {Text(keep.Below)} rows: {Text(keep.Bytes)} bytes; from there on computed again:";
            yield return $"{Text(keep.Flops)} pointwise operations and {Text(keep.Traffic)} bytes a pass, where products take {Text(keep.ProductFlops)} FLOPs a row";
        }

        yield return "so for float32 on the CPU; elsewhere, and for gradients of gradients, composed operations that keep only the inputs";
    }

    private static string Describe(Program program) => string.Join(" and ", program.Statements.OfType<Statement.Sweep>().Select(sweep =>
        string.Join(", ", sweep.Kernel.Outputs.Select(output => output.Value.Name)) + " in one pass over memory"
        + (sweep.Kernel.Sweeps.Count > 1 ? $" ({sweep.Kernel.Sweeps.Count} sweeps of each row)" : string.Empty)));

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
