using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Forward;

/// <summary>The functions of one tensor that a folded model can compute.</summary>
internal enum Activation
{
    Relu,
    Gelu,
    GeluTanh,
    Sigmoid,
    Tanh,
    Softmax,
    LogSoftmax,
}

/// <summary>The arithmetic that a folded model can compute.</summary>
internal enum Arithmetic
{
    Add,
    Subtract,
    Multiply,
}

/// <summary>How a folded model pools the windows of an image.</summary>
internal enum Pooling
{
    Max,
    Average,
}

/// <summary>
/// One step of the body of <c>forward</c>. Values are known by the number of the step that makes them; -1 is the input.
/// Shapes are per sample: the first dimension, the batch, is left out.
/// </summary>
internal abstract record ForwardStep(EquatableArray<int> Shape)
{
    /// <summary>The shape over the sizes that the model's constructor takes; where it takes none, the numbers.</summary>
    public EquatableArray<Size> Sizes { get => field.Count > 0 ? field : SizesOf(Shape); init; } = [];

    public static EquatableArray<Size> SizesOf(EquatableArray<int> shape) => shape.Select(size => Size.Of(size)).ToEquatableArray();

    /// <summary>A layer. <paramref name="Residual"/> and <paramref name="Then"/> are what it does with its output, once a stage has fused later steps into it.</summary>
    public sealed record Layer(string Name, int Argument, EquatableArray<int> Shape, int? Residual = null, Activation? Then = null) : ForwardStep(Shape);

    /// <summary>A function of one tensor; softmax runs along the last dimension.</summary>
    public sealed record Activate(Activation Function, int Argument, EquatableArray<int> Shape) : ForwardStep(Shape);

    /// <summary>Two tensors of the same shape.</summary>
    public sealed record Combine(Arithmetic Operation, int Left, int Right, EquatableArray<int> Shape) : ForwardStep(Shape);

    /// <summary>A tensor and a number; the number may stand on the left.</summary>
    public sealed record WithNumber(Arithmetic Operation, int Argument, double Number, bool NumberFirst, EquatableArray<int> Shape) : ForwardStep(Shape);

    /// <summary>The same values in another shape.</summary>
    public sealed record Reshape(int Argument, EquatableArray<int> Shape) : ForwardStep(Shape)
    {
        /// <summary>Of each size, whether it follows the values that are read; else the source has it as a number.</summary>
        public EquatableArray<bool> Follows { get; init; } = [];
    }

    /// <summary>Square windows of an image (channels, height, width).</summary>
    public sealed record Pool(Pooling Kind, int KernelSize, int Stride, int Padding, int Argument, EquatableArray<int> Shape) : ForwardStep(Shape);

    /// <summary>The mean of each channel of an image.</summary>
    public sealed record GlobalAverage(int Argument, EquatableArray<int> Shape) : ForwardStep(Shape);

    /// <summary>A chain of functions value by value in one pass over memory; made for devices, where a pass costs more than what it computes.</summary>
    /// <param name="Arguments">What is read, each once.</param>
    /// <param name="Body">What is computed.</param>
    public sealed record Fused(EquatableArray<int> Arguments, FusedValue Body, EquatableArray<int> Shape) : ForwardStep(Shape);

    /// <summary>The same step on other values.</summary>
    public ForwardStep WithOperands(Func<int, int> moved) => this switch
    {
        Layer layer => layer with { Argument = moved(layer.Argument), Residual = layer.Residual is { } residual ? moved(residual) : null },
        Activate activate => activate with { Argument = moved(activate.Argument) },
        Combine combine => combine with { Left = moved(combine.Left), Right = moved(combine.Right) },
        WithNumber number => number with { Argument = moved(number.Argument) },
        Reshape reshape => reshape with { Argument = moved(reshape.Argument) },
        Pool pool => pool with { Argument = moved(pool.Argument) },
        GlobalAverage average => average with { Argument = moved(average.Argument) },
        Fused fused => fused with { Arguments = fused.Arguments.Select(moved).ToEquatableArray() },
        _ => this,
    };

    /// <summary>The numbers of the values that the step reads.</summary>
    public IEnumerable<int> Reads => this switch
    {
        Layer { Residual: { } residual } layer => [layer.Argument, residual],
        Layer layer => [layer.Argument],
        Activate activate => [activate.Argument],
        Combine combine => [combine.Left, combine.Right],
        WithNumber number => [number.Argument],
        Reshape reshape => [reshape.Argument],
        Pool pool => [pool.Argument],
        GlobalAverage average => [average.Argument],
        Fused fused => fused.Arguments,
        _ => [],
    };
}

/// <summary>Two sizes that meet in forward and are one number only for some sizes of the constructor.</summary>
/// <param name="Layer">The layer that asks, or the operation.</param>
/// <param name="Wanted">What it asks for.</param>
/// <param name="Given">What it is given.</param>
internal sealed record SizeEquation(string Layer, Size Wanted, Size Given);

/// <summary>The body of <c>forward</c> as straight-line steps.</summary>
/// <param name="InputShape">Of one sample.</param>
/// <param name="Steps">In order.</param>
/// <param name="Result">The number of the value returned.</param>
internal sealed record ForwardProgram(EquatableArray<int> InputShape, EquatableArray<ForwardStep> Steps, int Result)
{
    /// <summary>The input over the sizes that the model's constructor takes; where it takes none, the numbers.</summary>
    public EquatableArray<Size> InputSizes { get => field.Count > 0 ? field : ForwardStep.SizesOf(InputShape); init; } = [];

    /// <summary>What the constructor must find equal, for layers to fit together.</summary>
    public EquatableArray<SizeEquation> Equations { get; init; } = [];

    public EquatableArray<Size> SizesOf(int value) => value < 0 ? InputSizes : Steps[value].Sizes;

    public static Size Product(IEnumerable<Size> shape) => shape.Aggregate(Size.One, (product, size) => product * size);

    public EquatableArray<int> ShapeOf(int value) => value < 0 ? InputShape : Steps[value].Shape;

    public int InputSize => Product(InputShape);

    public int OutputSize => Product(ShapeOf(Result));

    public static int Product(IEnumerable<int> shape) => shape.Aggregate(1, (product, size) => product * size);
}
