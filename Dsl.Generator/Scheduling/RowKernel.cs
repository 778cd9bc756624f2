using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>How many of the axes of a kernel's space a value has.</summary>
internal enum Reach
{
    /// <summary>None: one number.</summary>
    Scalar,

    /// <summary>The leading ones: a number for each row.</summary>
    Row,

    /// <summary>All of them.</summary>
    Full,
}

/// <summary>A value that a kernel reads or writes in memory.</summary>
internal sealed record KernelValue(Value Value, Reach Reach);

/// <summary>A value that a kernel writes.</summary>
/// <param name="Over">The input whose memory it takes over; null for memory of its own.</param>
internal sealed record KernelOutput(Value Value, Reach Reach, string? Over);

/// <summary>A value that one sweep leaves in the memory of an output for a later sweep over the same row.</summary>
internal sealed record KernelSpill(Value Value, string Output);

/// <summary>One sweep over a row, between reductions that the next sweep needs.</summary>
/// <param name="RowSteps">What is computed once for the row before the sweep.</param>
/// <param name="Steps">What is computed at each place.</param>
/// <param name="Reloads">What earlier sweeps left in memory and this one reads.</param>
/// <param name="Spills">What it leaves in memory for later sweeps.</param>
/// <param name="Folds">The reductions over the row.</param>
/// <param name="Stores">The outputs that are finished.</param>
internal sealed record KernelSweep(
    EquatableArray<Statement.Compute> RowSteps,
    EquatableArray<Statement.Compute> Steps,
    EquatableArray<KernelSpill> Reloads,
    EquatableArray<KernelSpill> Spills,
    EquatableArray<Statement.Fold> Folds,
    EquatableArray<Value> Stores);

/// <summary>
/// Pointwise chains and reductions over rows in one pass over memory: a row is swept as often as its reductions ask for, and stays in the cache meanwhile.
/// </summary>
/// <param name="Space">The axes that it walks, in storage order.</param>
/// <param name="RowAxes">How many of them count rows; a reduction goes over the others.</param>
/// <param name="Setup">What is computed once for all rows.</param>
/// <param name="RowSteps">What is computed for each row after its sweeps.</param>
internal sealed record RowKernel(
    EquatableArray<Index> Space,
    int RowAxes,
    EquatableArray<KernelValue> Inputs,
    EquatableArray<KernelOutput> Outputs,
    EquatableArray<Statement.Compute> Setup,
    EquatableArray<KernelSweep> Sweeps,
    EquatableArray<Statement.Compute> RowSteps);
