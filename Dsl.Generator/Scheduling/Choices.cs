using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// Whether a weight made by loops is kept for the backward pass or made anew there. It takes memory from the forward to the backward pass; making it
/// anew takes the same time whatever the batch, so that the layer decides by the batch when it runs.
/// </summary>
/// <param name="Value">The weight.</param>
/// <param name="Bytes">What keeping it takes.</param>
/// <param name="Flops">The operations that make it.</param>
/// <param name="Traffic">The bytes that these read and write.</param>
/// <param name="ProductFlops">The operations of the passes' products for one row of the batch.</param>
internal sealed record KeepChoice(Value Value, long Bytes, long Flops, long Traffic, long ProductFlops)
{
    /// <summary>A pointwise operation takes the time of so many operations of a product, and a byte of memory that of so many.</summary>
    private const int PointwiseCost = 5;

    private const int ByteCost = 6;

    /// <summary>Making the weight anew is worth its memory where it takes less than a part in so many of the products' time.</summary>
    private const int Part = 20;

    /// <summary>The batch below which the weight is kept.</summary>
    public long Below => Part * Math.Max(PointwiseCost * Flops, ByteCost * Traffic) / Math.Max(1, ProductFlops);

    /// <summary>The choice for the one weight that is kept; null for a pass that keeps none or several.</summary>
    public static KeepChoice? Of(Program forward, EquatableArray<Value> kept, LayerForms forms)
    {
        var sweeps = forward.Statements.OfType<Statement.Sweep>().ToArray();
        if (kept.Count != 1 || sweeps.Single(sweep => sweep.Results().Any(value => value.Name == kept[0].Name)).Kernel.Outputs.Count > 1)
        {
            return null;
        }

        var numbers = kept[0].Axes.Aggregate(1L, (product, axis) => product * forms.Evaluate(axis.Size));
        var steps = sweeps.Sum(sweep => sweep.Kernel.Sweeps.Sum(part => part.Steps.Sum(step => KernelCosts.Of(step.Body)) + part.Folds.Count));
        var full = sweeps.Sum(sweep => sweep.Kernel.Inputs.Count(input => input.Reach == Reach.Full) + sweep.Kernel.Outputs.Count(output => output.Reach == Reach.Full));

        // The output, the weight's gradient and the input's.
        return new KeepChoice(kept[0], sizeof(float) * numbers, steps * numbers, sizeof(float) * numbers * full, 3 * 2 * numbers);
    }
}

/// <summary>
/// Whether terms of low rank are applied to the input as branches or merged into the weight first. A branch costs operations for each row of the batch,
/// a merged weight operations and memory once a pass; but the gradient of the merged weight is that of the stored one, which is free only where that is
/// trained. The sizes tell from how many rows on merging is cheaper: while the project compiles, or, where the constructor takes them, as the layer is made.
/// </summary>
/// <param name="BranchFlops">The operations of forward and backward pass for one row of the batch, beyond those of the weight alone.</param>
/// <param name="MergedFlops">The operations that merging adds to both passes, whatever the batch.</param>
/// <param name="MergedBytes">What the merged weight takes.</param>
internal sealed record BranchChoice(Size BranchFlops, Size MergedFlops, Size MergedBytes)
{
    /// <summary>The batch from which merging has no more operations; null where that depends on sizes that the constructor takes.</summary>
    public long? From => MergedFlops.Constant is { } merged && BranchFlops.Constant is { } branch ? (merged + branch - 1) / branch : null;

    /// <summary>The costs for a layer with terms of low rank beside a weight; null for all others.</summary>
    public static BranchChoice? Of(LayerForms forms, LoopPrograms? loops)
    {
        var rank = forms.Branches.Aggregate(Size.Zero, (sum, branch) => sum + forms.Resolve(branch.Rank.Size));
        if (rank.IsZero)
        {
            return null;
        }

        var rows = forms.Resolve(forms.Weight.Output.Size);
        var columns = forms.Weight.Inputs.Aggregate(Size.One, (product, axis) => product * forms.Resolve(axis.Size));

        // Forward: x·A and ·B. Backward: gy·B, gradients of A and B, the input's, and x·A again where it was not kept.
        var again = loops is { Products.Count: > 0 } ? Size.Zero : 2 * rank * columns;

        // Merged: B·A in both passes, and a product with the weight's gradient for each factor.
        return new BranchChoice((2 * rank * ((3 * columns) + (3 * rows))) + again, 4 * 2 * rank * rows * columns, sizeof(float) * rows * columns);
    }
}
