using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>The axes of a weight as rows: the leading ones count rows, the others the numbers of a row.</summary>
internal sealed record RowSpace(EquatableArray<Index> Axes, int RowAxes)
{
    /// <summary>
    /// The rows that steps ask for: groups where something has one number for each group, else the outputs.
    /// </summary>
    public static RowSpace Of(EquatableArray<Index> axes, IEnumerable<Statement> steps)
    {
        var longest = steps.SelectMany(step => step.Reads().Append(step.Result))
            .Where(value => value.Axes.Count > 0 && value.Axes.Count < axes.Count && value.Axes.All(axes.Take(value.Axes.Count).Contains))
            .Select(value => value.Axes.Count).DefaultIfEmpty(1).Max();
        return new RowSpace(axes, longest);
    }

    /// <summary>How much of the space a value covers; null where a loop over rows cannot read it.</summary>
    public Reach? ReachOf(Value value) => value.Axes.Count == 0 ? Reach.Scalar
        : Covers(value, Axes.Count) ? Reach.Full
        : Covers(value, RowAxes) ? Reach.Row
        : null;

    /// <summary>The value with its axes in the order in which memory has them.</summary>
    public Value Stored(Value value) => value with { Axes = Axes.Where(value.Axes.Contains).ToEquatableArray() };

    private bool Covers(Value value, int count) => value.Axes.Count == count && Axes.Take(count).All(value.Axes.Contains);
}
