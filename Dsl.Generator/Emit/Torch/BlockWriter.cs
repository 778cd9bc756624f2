using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes reads by group or by place in a group, and the sums that are their gradients.</summary>
internal static class BlockWriter
{
    public static string Right(Statement.Spread spread, Func<Size, string> sizeOf)
    {
        var text = spread.Source.Name;
        for (var axis = 0; axis < spread.Axes.Count; axis++)
        {
            text += spread.Axes[axis].Kind == SpreadKind.Repeat ? $".repeat_interleave({sizeOf(spread.Axes[axis].Count)}, {axis})" : string.Empty;
        }

        return spread.Axes.Any(axis => axis.Kind == SpreadKind.Tile)
            ? text + ".repeat(" + string.Join(", ", spread.Axes.Select(axis => axis.Kind == SpreadKind.Tile ? sizeOf(axis.Count) : "1")) + ")"
            : text;
    }

    public static string Right(Statement.BlockSums sums, Func<Size, string> sizeOf)
    {
        var (shape, dropped) = (new List<string>(), new List<int>());
        foreach (var (axis, spread) in sums.Result.Axes.Zip(sums.Axes, (axis, spread) => (axis, spread)))
        {
            var parts = spread.Kind switch
            {
                SpreadKind.Repeat => [sizeOf(axis.Size), sizeOf(spread.Count)],
                SpreadKind.Tile => [sizeOf(spread.Count), sizeOf(axis.Size)],
                _ => (string[])[sizeOf(axis.Size)],
            };
            dropped.AddRange(spread.Kind == SpreadKind.Plain ? [] : [shape.Count + (spread.Kind == SpreadKind.Repeat ? 1 : 0)]);
            shape.AddRange(parts);
        }

        var whole = sums.Lacks ? $".expand({string.Join(", ", sums.Source.Axes.Select(axis => sizeOf(axis.Size)))})" : string.Empty;
        return $"{sums.Source.Name}{whole}.reshape({string.Join(", ", shape)}).sum([{string.Join(", ", dropped)}])";
    }
}
