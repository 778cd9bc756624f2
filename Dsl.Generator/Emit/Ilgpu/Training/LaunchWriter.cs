using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>A kernel of a layer: its method and the field that holds its launcher.</summary>
internal sealed record LayerKernel(DeviceStep Step, string Method, string Field, IReadOnlyList<Value> Arguments, bool TakesRows)
{
    /// <summary>Whether the launch names the groups; else a thread is started for each place.</summary>
    public bool IsGrouped => Step is DeviceStep.Rows or DeviceStep.Reduce { ByGroup: true };

    /// <summary>The types of the kernel's parameters.</summary>
    public string Types => string.Join(", ", (IsGrouped ? Array.Empty<string>() : ["Index1D"]).Concat(Arguments.Select(_ => "ArrayView<float>")).Concat(TakesRows ? ["int"] : []));

    /// <summary>The type of its launcher.</summary>
    public string LauncherType => $"Action<AcceleratorStream, {(IsGrouped ? "KernelConfig, " : string.Empty)}{Types}>";
}

/// <summary>A table of indices of a layer and the rows that it names.</summary>
/// <param name="Table">The indices.</param>
/// <param name="Count">How many rows there are.</param>
/// <param name="Stored">The name of the table where it is one of the layer's own; null where it is the input.</param>
internal sealed record LayerTable(string Table, string Count, string? Stored, string Field);

/// <summary>Writes the launches of a pass.</summary>
internal sealed class LaunchWriter(KernelText text, NameScope names)
{
    private readonly List<LayerKernel> kernels = [];
    private readonly List<(DeviceWindow Window, string Field)> windows = [];
    private readonly List<LayerTable> tables = [];

    /// <summary>The tables that the lines read.</summary>
    public IReadOnlyList<LayerTable> Tables => tables;

    /// <summary>The kernels that the lines launch.</summary>
    public IReadOnlyList<LayerKernel> Kernels => kernels;

    /// <summary>The convolutions that the lines launch.</summary>
    public IReadOnlyList<(DeviceWindow Window, string Field)> Windows => windows;

    /// <summary>The arguments that make a convolution.</summary>
    public static string Text(DeviceWindow window)
    {
        string Unless(long value, long otherwise, string name) => value == otherwise ? string.Empty : $", {name}: {KernelText.Number(value)}";
        return $"new Conv2dGeometry({KernelText.Number(window.Channels)}, {KernelText.Number(window.Outputs)}, KernelSize: {KernelText.Number(window.Kernel)}"
            + Unless(window.Stride, 1, "Stride") + Unless(window.Padding, 0, "Padding") + Unless(window.Dilation, 1, "Dilation") + Unless(window.Groups, 1, "Groups")
            + $"), height: {KernelText.Number(window.Height)}, width: {KernelText.Number(window.Width)}";
    }

    /// <summary>The lines of a pass.</summary>
    public IEnumerable<string> Lines(IEnumerable<DeviceStep> steps, IReadOnlyDictionary<string, ValuePlace> places) => steps.Select(step => Line(step, places)).ToArray();

    private string Line(DeviceStep step, IReadOnlyDictionary<string, ValuePlace> places)
    {
        string At(Value value) => places[value.Name].Text;
        switch (step)
        {
            case DeviceStep.Copy copy:
                return $"Copy({At(copy.Source)}, {At(copy.Result)});";
            case DeviceStep.Product product:
                return $"Multiply({At(product.Left)}, {At(product.Right)}, {At(product.Result)}, {Shape(product)}{(product.Bias is { } bias ? ", " + At(bias) : string.Empty)});";
            case DeviceStep.Convolve convolve:
                return $"{Field(convolve.Window)}.{convolve.Computes}({At(convolve.Left)}, {At(convolve.Right)}, {At(convolve.Result)}, rows{(convolve.Bias is { } added ? ", " + At(added) : string.Empty)});";
            case DeviceStep.Invert invert:
                return $"Invert({At(invert.Source)}, {At(invert.Result)}, {At(invert.Work)}, {text.Count([invert.Result.Axes[0]])});";
            case DeviceStep.Gather gather:
                return $"{Field(gather.Table, gather.Source.Axes[0], gather.Stored)}.Read({At(gather.Table)}, {At(gather.Source)}, {At(gather.Result)});";
            case DeviceStep.Scatter scatter:
                return $"{Field(scatter.Table, scatter.Result.Axes[0], scatter.Stored)}.Sum({At(scatter.Table)}, {At(scatter.Source)}, {At(scatter.Result)}{(scatter.Padding is { } padding ? ", padding: " + KernelText.Number(padding) : string.Empty)});";
            default:
                var kernel = Kernel(step);
                return $"{kernel.Field}(Stream, {Grid(step)}, {string.Join(", ", kernel.Arguments.Select(At).Concat(kernel.TakesRows ? ["rows"] : []))});";
        }
    }

    private string Field(DeviceWindow window)
    {
        var found = windows.FirstOrDefault(known => known.Window == window).Field;
        if (found is null)
        {
            found = names.Variable("convolution");
            windows.Add((window, found));
        }

        return found;
    }

    private string Field(Value table, Index row, string? stored)
    {
        var count = text.Count([row]);
        var found = tables.FirstOrDefault(known => known.Table == table.Name && known.Count == count);
        if (found is null)
        {
            found = new LayerTable(table.Name, count, stored, names.Variable("table"));
            tables.Add(found);
        }

        return found.Field;
    }

    private string Shape(DeviceStep.Product product)
    {
        var shape = product.Shape;
        string[] options =
        [
            .. shape.LeftIsTransposed ? ["LeftIsTransposed = true"] : Array.Empty<string>(),
            .. shape.RightIsTransposed ? ["RightIsTransposed = true"] : Array.Empty<string>(),
            .. shape.Batch.Count > 0 ? ["Products = " + text.Count(shape.Batch)] : Array.Empty<string>(),
            .. product.Adds ? ["Adds = true"] : Array.Empty<string>(),
            .. product.Factor.IsOne ? Array.Empty<string>() : ["Factor = " + DeviceFunctions.Number(product.Factor).Text],
        ];
        return $"new MatrixProduct({text.Count(shape.Rows)}, {text.Count(shape.Columns)}, {text.Count(shape.Inner)})" + (options.Length == 0 ? string.Empty : " { " + string.Join(", ", options) + " }");
    }

    private string Grid(DeviceStep step) => step switch
    {
        DeviceStep.Rows { Kernel: var kernel } => $"Groups({text.Count(kernel.Space.Take(kernel.RowAxes).ToArray())}, {text.Count(kernel.Space.Skip(kernel.RowAxes).ToArray())})",
        DeviceStep.Reduce { ByGroup: true } reduce => $"Groups({text.Count(reduce.Fold.Result.Axes)}, {text.Count(reduce.Inner)})",
        DeviceStep.Reduce reduce => text.Count(reduce.Fold.Result.Axes),
        DeviceStep.Points points => text.Count(points.Computed[0].Result.Axes),
        DeviceStep.Placed placed => text.Count(placed.Result.Axes),
        _ => "0",
    };

    private LayerKernel Kernel(DeviceStep step)
    {
        if (kernels.FirstOrDefault(known => known.Step == step) is { } found)
        {
            return found;
        }

        var (name, arguments, takesRows) = step switch
        {
            DeviceStep.Rows rows => (rows.Kernel.Outputs[0].Value.Name + "Rows", RowsKernelWriter.Arguments(rows.Kernel).ToArray(), false),
            DeviceStep.Reduce reduce => (reduce.Fold.Result.Name + (reduce.Fold.Reduction == Reduction.Sum ? "Sum" : "Largest"), PointKernelWriter.Arguments(reduce), text.TakesRows(reduce)),
            DeviceStep.Points points => (points.Computed[0].Result.Name + "Values", PointKernelWriter.Arguments(points), text.TakesRows(points)),
            DeviceStep.Placed placed => (placed.Result.Name + "Places", PlacedKernelWriter.Arguments(placed), false),
            _ => throw new ShapeException("A step without a kernel: " + step.GetType().Name),
        };
        var field = names.Variable(name + "Kernel");
        var kernel = new LayerKernel(step, NamesOf.Pascal(field), field, arguments, takesRows);
        kernels.Add(kernel);
        return kernel;
    }
}
