using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Forward;

/// <summary>
/// A step as read, before shapes are known. Its operands are earlier values: 0 is the input, n is the result of step n - 1.
/// </summary>
internal abstract record RawStep(EquatableArray<int> Operands)
{
    /// <summary>What the user wrote: the name of the method, or the operator.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Where it stands.</summary>
    public LocationInfo? Location { get; init; }

    public sealed record Layer(string Name, EquatableArray<int> Operands) : RawStep(Operands);

    public sealed record Activate(Activation Function, EquatableArray<int> Operands) : RawStep(Operands);

    /// <summary>softmax or log_softmax over a dimension, counted as in the source: the batch is dimension 0.</summary>
    public sealed record Softmax(Activation Function, long Dimension, EquatableArray<int> Operands) : RawStep(Operands);

    public sealed record Combine(Arithmetic Operation, EquatableArray<int> Operands) : RawStep(Operands);

    public sealed record WithNumber(Arithmetic Operation, double Number, bool NumberFirst, EquatableArray<int> Operands) : RawStep(Operands);

    /// <summary>view or reshape to sizes per sample, at most one of which is -1.</summary>
    /// <param name="Sizes">The sizes after the batch.</param>
    /// <param name="BatchIsFree">Whether the batch was written as -1, so that torch would accept another number of samples.</param>
    public sealed record Reshape(EquatableArray<int> Sizes, bool BatchIsFree, EquatableArray<int> Operands) : RawStep(Operands);

    /// <summary>flatten from one dimension to another, counted as in the source.</summary>
    public sealed record Flatten(long Start, long End, EquatableArray<int> Operands) : RawStep(Operands);

    /// <summary>max_pool2d or avg_pool2d with square windows.</summary>
    public sealed record Pool(Pooling Kind, int KernelSize, int Stride, int Padding, EquatableArray<int> Operands) : RawStep(Operands);

    /// <summary>adaptive_avg_pool2d to one value for each channel.</summary>
    public sealed record GlobalAverage(EquatableArray<int> Operands) : RawStep(Operands);

    /// <summary>The step with its shape. In a program the input is -1, and the result of step n is n.</summary>
    public ForwardStep WithShape(EquatableArray<Size> sizes)
    {
        var step = WithNumbers(Nominal(sizes));
        return sizes.All(size => size.Constant is not null) ? step : step with { Sizes = sizes };
    }

    /// <summary>Numbers in place of sizes that the constructor takes, for what is asked of numbers only.</summary>
    public static EquatableArray<int> Nominal(EquatableArray<Size> sizes) => sizes.Select(size => (int)Math.Min(int.MaxValue, size.Evaluate(_ => 1))).ToEquatableArray();

    private ForwardStep WithNumbers(EquatableArray<int> shape) => this switch
    {
        Layer layer => new ForwardStep.Layer(layer.Name, Operands[0] - 1, shape),
        Activate activate => new ForwardStep.Activate(activate.Function, Operands[0] - 1, shape),
        Softmax softmax => new ForwardStep.Activate(softmax.Function, Operands[0] - 1, shape),
        Combine combine => new ForwardStep.Combine(combine.Operation, Operands[0] - 1, Operands[1] - 1, shape),
        WithNumber number => new ForwardStep.WithNumber(number.Operation, Operands[0] - 1, number.Number, number.NumberFirst, shape),
        Pool pool => new ForwardStep.Pool(pool.Kind, pool.KernelSize, pool.Stride, pool.Padding, Operands[0] - 1, shape),
        GlobalAverage => new ForwardStep.GlobalAverage(Operands[0] - 1, shape),
        Reshape reshape => new ForwardStep.Reshape(Operands[0] - 1, shape) { Follows = reshape.Sizes.Select(size => size == -1).ToEquatableArray() },
        _ => new ForwardStep.Reshape(Operands[0] - 1, shape) { Follows = shape.Select(_ => true).ToEquatableArray() },
    };

    /// <summary>What pooling makes of an image (channels, height, width), or null where it is none or smaller than a window.</summary>
    public static EquatableArray<Size>? Pooled(RawStep step, EquatableArray<Size> image) => step switch
    {
        GlobalAverage when image.Count == 3 => [image[0], 1, 1],
        Pool pool when image.Count == 3 && image[1].Constant is { } height && image[2].Constant is { } width && Math.Min(height, width) + (2 * pool.Padding) >= pool.KernelSize =>
            [image[0], Windows(height, pool), Windows(width, pool)],
        _ => null,
    };

    private static long Windows(long size, Pool pool) => ((size + (2 * pool.Padding) - pool.KernelSize) / pool.Stride) + 1;
}
