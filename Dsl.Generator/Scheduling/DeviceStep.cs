using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>One launch of a kernel in a pass on a device, or a copy.</summary>
internal abstract record DeviceStep
{
    private DeviceStep()
    {
    }

    /// <summary>The result starts as a copy of a value of its shape.</summary>
    public sealed record Copy(Value Result, Value Source) : DeviceStep;

    /// <summary>A product of matrices, in its place or on top of what the result holds.</summary>
    /// <param name="Bias">What is added to every row; null for none.</param>
    public sealed record Product(Value Result, Value Left, Value Right, DeviceProduct Shape, Rational Factor, Value? Bias, bool Adds) : DeviceStep;

    /// <summary>A convolution, or one of its gradients.</summary>
    /// <param name="Left">The image; of the gradient for the image, the output's gradient.</param>
    /// <param name="Right">The kernel; of the gradient for the kernel, the output's gradient.</param>
    /// <param name="Bias">What is added to every channel of an output; null for none.</param>
    public sealed record Convolve(Value Result, Value Left, Value Right, WindowResult Computes, DeviceWindow Window, Value? Bias) : DeviceStep;

    /// <summary>Pointwise chains over the same axes: a thread for each place.</summary>
    public sealed record Points(EquatableArray<Statement.Compute> Computed) : DeviceStep;

    /// <summary>A reduction.</summary>
    /// <param name="ByGroup">Whether the threads of a group share the values of one result, which are neighbours in memory; else a thread has a result of its own.</param>
    public sealed record Reduce(Statement.Fold Fold, bool ByGroup) : DeviceStep
    {
        /// <summary>Where a group has a result: the axes before those of the result, whose planes it takes one after the other.</summary>
        public EquatableArray<Index> Outer { get; init; } = [];

        /// <summary>The axes whose values lie in one piece.</summary>
        public EquatableArray<Index> Inner => Fold.Over.Skip(Outer.Count).ToEquatableArray();
    }

    /// <summary>Values that are read at other places than they are written: a thread for each place of the result.</summary>
    /// <param name="Source">What is read; null for the identity.</param>
    /// <param name="Statement">Diagonals, spread values, their sums, or the identity.</param>
    public sealed record Placed(Value Result, Value? Source, Statement Statement) : DeviceStep;

    /// <summary>The rows of a source that a table of indices names.</summary>
    /// <param name="Stored">The name of the table where it is one of the layer's own; null where it is the input.</param>
    public sealed record Gather(Value Result, Value Source, Value Table, string? Stored) : DeviceStep;

    /// <summary>The sums of the rows whose index names a row of the result: the gradient of <see cref="Gather"/>.</summary>
    /// <param name="Padding">A row that stays zero; null for none.</param>
    /// <param name="Stored">The name of the table where it is one of the layer's own; null where it is the input.</param>
    public sealed record Scatter(Value Result, Value Source, Value Table, long? Padding, string? Stored) : DeviceStep;

    /// <summary>The inverse of a matrix, by one group of threads.</summary>
    /// <param name="Work">Memory of its size.</param>
    public sealed record Invert(Value Result, Value Source, Value Work) : DeviceStep;

    /// <summary>Pointwise chains and reductions over rows: a group of threads for each row.</summary>
    public sealed record Rows(RowKernel Kernel) : DeviceStep;
}

/// <summary>How a window slides over images of one size.</summary>
/// <param name="Channels">Of the image.</param>
/// <param name="Outputs">Channels of the output.</param>
/// <param name="Kernel">The elements along a side.</param>
/// <param name="Height">Of the image.</param>
/// <param name="Width">Of the image.</param>
internal sealed record DeviceWindow(long Channels, long Outputs, long Kernel, long Stride, long Padding, long Dilation, long Groups, long Height, long Width);

/// <summary>How the matrices of a product lie in memory; each has one or several axes on each side.</summary>
/// <param name="Rows">The axes of the result's rows.</param>
/// <param name="Columns">The axes of its columns.</param>
/// <param name="Inner">What is summed over.</param>
/// <param name="LeftIsTransposed">Whether the left matrix lies as (inner, rows).</param>
/// <param name="RightIsTransposed">Whether the right matrix lies as (columns, inner).</param>
internal sealed record DeviceProduct(EquatableArray<Index> Rows, EquatableArray<Index> Columns, EquatableArray<Index> Inner, bool LeftIsTransposed, bool RightIsTransposed)
{
    /// <summary>The axes of which each place has a product of its own: the first of all three matrices.</summary>
    public EquatableArray<Index> Batch { get; init; } = [];

    /// <summary>The product with its operands in the order of the result; null where a contraction is no product of two matrices.</summary>
    public static (DeviceProduct Shape, Value Left, Value Right)? Of(Value left, Value right, Value result)
    {
        if (Read(left, right, result) is { } shape)
        {
            return (shape, left, right);
        }

        return Read(right, left, result) is { } swapped ? (swapped, right, left) : null;
    }

    private static DeviceProduct? Read(Value left, Value right, Value result)
    {
        EquatableArray<Index> batch = left.Axes.TakeWhile((axis, k) => k < right.Axes.Count && k < result.Axes.Count && right.Axes[k] == axis && result.Axes[k] == axis).ToEquatableArray();
        var (leftAxes, rightAxes, resultAxes) = (left.Axes.Skip(batch.Count).ToArray(), right.Axes.Skip(batch.Count).ToArray(), result.Axes.Skip(batch.Count));
        EquatableArray<Index> inner = leftAxes.Intersect(rightAxes).Except(resultAxes).ToEquatableArray();
        EquatableArray<Index> rows = leftAxes.Except(inner).ToEquatableArray();
        EquatableArray<Index> columns = rightAxes.Except(inner).ToEquatableArray();
        if (inner.Count == 0 || rows.Count == 0 || columns.Count == 0 || !resultAxes.SequenceEqual(rows.Concat(columns)))
        {
            return null;
        }

        return (Side(leftAxes, rows, inner), Side(rightAxes, inner, columns)) is ({ } leftIsTransposed, { } rightIsTransposed)
            ? new DeviceProduct(rows, columns, inner, leftIsTransposed, rightIsTransposed) { Batch = batch }
            : null;
    }

    /// <summary>Whether a matrix lies the other way round; null where its axes are mixed.</summary>
    private static bool? Side(IReadOnlyList<Index> matrix, EquatableArray<Index> first, EquatableArray<Index> second) =>
        matrix.SequenceEqual(first.Concat(second)) ? false : matrix.SequenceEqual(second.Concat(first)) ? true : null;
}
