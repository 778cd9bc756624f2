using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>Writes kernels that read values at other places than they write: matrices of diagonals, spread factors, the sums that are gradients of both, and the identity.</summary>
internal sealed class PlacedKernelWriter(CodeWriter writer, KernelText text)
{
    /// <summary>The values that a kernel takes, in the order of its parameters.</summary>
    public static IReadOnlyList<Value> Arguments(DeviceStep.Placed placed) => placed.Source is { } source ? [source, placed.Result] : [placed.Result];

    public void Write(string name, DeviceStep.Placed placed)
    {
        var axes = placed.Result.Axes;
        var variables = text.Variables(axes);
        writer.Line($"/// <summary>{placed.Result.Name}: a thread for each value.</summary>");
        writer.Block($"private static void {name}(Index1D i, {string.Join(", ", Arguments(placed).Select(value => "ArrayView<float> " + KernelText.Parameter(value)))})", () =>
        {
            if (placed.Statement is not Statement.DiagonalSums)
            {
                writer.Lines(text.Apart(axes, variables));
            }

            switch (placed.Statement)
            {
                case Statement.Identity:
                    Store(placed, $"{variables[axes[0]]} == {variables[axes[1]]} ? 1f : 0f");
                    break;
                case Statement.Diagonals diagonals:
                    Diagonals(placed, diagonals, variables[axes[0]], variables[axes[1]]);
                    break;
                case Statement.DiagonalSums sums:
                    DiagonalSums(placed, sums);
                    break;
                case Statement.Spread spread:
                    Spread(placed, spread, variables);
                    break;
                case Statement.BlockSums sums:
                    BlockSums(placed, sums, variables);
                    break;
            }
        });
    }

    /// <summary>t[row − column + columns − 1], or c[(row − column) mod n].</summary>
    private void Diagonals(DeviceStep.Placed placed, Statement.Diagonals diagonals, string row, string column)
    {
        var columns = text.Size([placed.Result.Axes[1]]);
        Store(placed, diagonals.IsCircular
            ? $"{Source(placed)}[{row} >= {column} ? {row} - {column} : {row} - {column} + {KernelText.Number(columns)}]"
            : $"{Source(placed)}[{row} - {column} + {KernelText.Number(columns - 1)}]");
    }

    /// <summary>Along a diagonal, row by row.</summary>
    private void DiagonalSums(DeviceStep.Placed placed, Statement.DiagonalSums sums)
    {
        var (rows, columns) = (text.Size([placed.Source!.Axes[0]]), text.Size([placed.Source.Axes[1]]));
        writer.Line("var soFar = 0f;");
        writer.Block($"for (var row = 0; row < {KernelText.Number(rows)}; row++)", () =>
        {
            if (sums.IsCircular)
            {
                writer.Line($"var column = row >= i ? row - i : row - i + {KernelText.Number(columns)};").Line($"soFar += {Source(placed)}[(row * {KernelText.Number(columns)}) + column];");
                return;
            }

            writer.Line($"var column = row + {KernelText.Number(columns - 1)} - i;");
            writer.Block($"if (column >= 0 && column < {KernelText.Number(columns)})", () => writer.Line($"soFar += {Source(placed)}[(row * {KernelText.Number(columns)}) + column];"));
        });
        writer.Line();
        Store(placed, "soFar");
    }

    /// <summary>Place ⌊i / count⌋ where each is repeated, i mod size where all are.</summary>
    private void Spread(DeviceStep.Placed placed, Statement.Spread spread, Dictionary<Index, string> variables)
    {
        var axes = placed.Source!.Axes;
        var from = axes.Select((axis, k) => (axis, Text: SpreadPlace(spread.Axes[k], variables[placed.Result.Axes[k]], text.Size([axis])))).ToDictionary(pair => pair.axis, pair => pair.Text);
        Store(placed, $"{Source(placed)}[{text.Place(axes, from)}]");
    }

    private string SpreadPlace(SpreadAxis spread, string place, long size) => spread.Kind switch
    {
        SpreadKind.Repeat => $"({place} / {KernelText.Number(text.Value(spread.Count))})",
        SpreadKind.Tile => $"({place} % {KernelText.Number(size)})",
        _ => place,
    };

    /// <summary>Over the places that one value was spread to.</summary>
    private void BlockSums(DeviceStep.Placed placed, Statement.BlockSums sums, Dictionary<Index, string> variables)
    {
        var source = placed.Source!.Axes;
        var places = new Dictionary<Index, string>();
        for (var k = 0; k < source.Count; k++)
        {
            var (at, along, count) = (variables[placed.Result.Axes[k]], "along" + KernelText.Number(k), KernelText.Number(text.Value(sums.Axes[k].Count)));
            places[source[k]] = sums.Axes[k].Kind switch
            {
                SpreadKind.Repeat => $"(({at} * {count}) + {along})",
                SpreadKind.Tile => $"(({along} * {KernelText.Number(text.Size([placed.Result.Axes[k]]))}) + {at})",
                _ => at,
            };
        }

        writer.Line("var soFar = 0f;");
        Loop(0);
        writer.Line();
        Store(placed, "soFar");

        void Loop(int axis)
        {
            if (axis == source.Count)
            {
                writer.Line($"soFar += {Source(placed)}[{text.Place(source, places)}];");
            }
            else if (sums.Axes[axis].Kind == SpreadKind.Plain)
            {
                Loop(axis + 1);
            }
            else
            {
                var along = "along" + KernelText.Number(axis);
                writer.Block($"for (var {along} = 0; {along} < {KernelText.Number(text.Value(sums.Axes[axis].Count))}; {along}++)", () => Loop(axis + 1));
            }
        }
    }

    private static string Source(DeviceStep.Placed placed) => KernelText.Parameter(placed.Source!);

    private void Store(DeviceStep.Placed placed, string value) => writer.Line($"{KernelText.Parameter(placed.Result)}[i] = {value};");
}
