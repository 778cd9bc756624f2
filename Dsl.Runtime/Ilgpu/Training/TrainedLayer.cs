using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu;

/// <summary>A layer that is trained on a device: the base of generated classes. Forward leaves what backward reads.</summary>
public abstract partial class TrainedLayer
{
    private readonly DeviceTrainer trainer;
    private readonly int number;

    /// <summary>Called by generated code.</summary>
    /// <param name="trainer">Who owns the memory and the stream.</param>
    /// <param name="name">The layer's name.</param>
    protected TrainedLayer(DeviceTrainer trainer, string name)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        (this.trainer, Name, number) = (trainer, name, trainer.NextLayer());
    }

    /// <summary>The layer's name.</summary>
    public string Name { get; }

    /// <summary>Where everything is enqueued.</summary>
    protected AcceleratorStream Stream => trainer.Stream;

    /// <summary>The kernels of the device.</summary>
    internal KernelSet Kernels => trainer.Kernels;

    /// <summary>The device.</summary>
    protected Accelerator Accelerator => trainer.Accelerator;

    /// <summary>Enqueues the forward pass in training mode.</summary>
    /// <param name="x">The rows of the input.</param>
    /// <param name="y">The rows of the output.</param>
    /// <param name="rows">How many there are.</param>
    public abstract void Forward(ArrayView<float> x, ArrayView<float> y, int rows);

    /// <summary>Enqueues the backward pass, after the forward pass of the same rows.</summary>
    /// <param name="x">The rows of the input.</param>
    /// <param name="gradY">The gradient of the output.</param>
    /// <param name="gradX">The gradient of the input; empty where it is not wanted.</param>
    /// <param name="rows">How many rows there are.</param>
    public abstract void Backward(ArrayView<float> x, ArrayView<float> gradY, ArrayView<float> gradX, int rows);

    /// <summary>A stored tensor that is trained.</summary>
    /// <param name="name">Its name in the layer.</param>
    /// <param name="shape">Its sizes.</param>
    protected DeviceParameter Parameter(string name, params int[] shape) => trainer.NewParameter(Name + "." + name, isTrained: true, shape);

    /// <summary>A stored tensor without a gradient.</summary>
    /// <param name="name">Its name in the layer.</param>
    /// <param name="shape">Its sizes.</param>
    protected DeviceParameter Constant(string name, params int[] shape) => trainer.NewParameter(Name + "." + name, isTrained: false, shape);

    /// <summary>Says where backward leaves the gradient of a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">As many values as the parameter has.</param>
    protected static void SetGradient(DeviceParameter parameter, ArrayView<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        parameter.GradientValues = gradient;
    }

    /// <summary>Memory for values that do not depend on the batch.</summary>
    /// <param name="count">The values.</param>
    protected ArrayView<float> NewValues(int count) => trainer.NewStaticValues(count);

    /// <summary>Memory for values of each row of a batch.</summary>
    protected RowValues NewRowValues() => trainer.NewRowBuffer();

    /// <summary>A convolution of images of one size, with its gradients.</summary>
    /// <param name="geometry">Channels, kernel, and how it slides.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    protected TrainedConvolution Convolution(Conv2dGeometry geometry, int height, int width) => new(trainer, geometry, height, width);

    /// <summary>Rows of a source that a table of indices names, with the gradient.</summary>
    /// <param name="name">What an error calls the table.</param>
    /// <param name="count">Rows of the source.</param>
    protected TrainedTable Table(string name, int count) => trainer.NewTable(name, count);

    /// <summary>A group of threads for each row: a power of two of them.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The values of a row.</param>
    protected KernelConfig Groups(int rows, int columns) => new(rows, trainer.Kernels.ThreadsFor(columns, DeviceReduce.MostThreads));

    /// <summary>Enqueues a copy, which does nothing in a pass that an index without a row ends.</summary>
    /// <param name="from">From where.</param>
    /// <param name="to">To where.</param>
    protected void Copy(ArrayView<float> from, ArrayView<float> to) => trainer.Keep(from, to);

    /// <summary>Enqueues what is added to numbers before they are rounded at random: uniform in [−½, ½), by the trainer's seed, the pass and the layer.</summary>
    /// <param name="dither">The values.</param>
    protected void Dither(ArrayView<float> dither)
    {
        var (seed, pass) = trainer.Draw();
        var kernel = trainer.Kernels.Get<Action<Index1D, ArrayView<float>, uint, uint, PhiloxKey>, Action<AcceleratorStream, Index1D, ArrayView<float>, uint, uint, PhiloxKey>>(
            RandomKernels.Dither, Accelerator.LoadAutoGroupedKernel);
        kernel(Stream, (int)((dither.Length + 3) / 4), dither, pass, (uint)number, new PhiloxKey((uint)seed, (uint)(seed >> 32)));
    }

    /// <summary>Enqueues the inverse of a matrix; NaN or infinity where it has none.</summary>
    /// <param name="source">(n, n).</param>
    /// <param name="inverse">(n, n).</param>
    /// <param name="work">(n, n): memory that it may use.</param>
    /// <param name="n">Rows and columns.</param>
    protected void Invert(ArrayView<float> source, ArrayView<float> inverse, ArrayView<float> work, int n)
    {
        var kernel = trainer.Kernels.Get<Action<ArrayView<float>, ArrayView<float>, ArrayView<float>, int>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int>>(
            MatrixKernels.Invert, Accelerator.LoadKernel);
        kernel(Stream, Groups(1, n), source, inverse, work, n);
    }

    /// <summary>Enqueues a product of matrices: y[r,c] = factor · Σ_k left[r,k] · right[k,c] + bias[c], or that added to y.</summary>
    /// <param name="left">The left matrix.</param>
    /// <param name="right">The right matrix.</param>
    /// <param name="y">(rows, columns), row major.</param>
    /// <param name="shape">The sizes, and how the matrices lie in memory.</param>
    /// <param name="bias">One for each column; empty for none.</param>
    protected void Multiply(ArrayView<float> left, ArrayView<float> right, ArrayView<float> y, MatrixProduct shape, ArrayView<float> bias = default) =>
        TrainingProducts.Multiply(trainer.Kernels, Stream, left, right, y, shape, bias);
}
