using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Layers;

namespace LayerDsl.Ilgpu;

/// <content>What generated code makes trainers from.</content>
public abstract partial class DeviceTrainer
{
    private readonly RowValues losses;
    private readonly ArrayView<float> loss;
    private readonly ClassBuffer labels;
    private bool hasGradients;
    private int layers;
    private uint pass;

    /// <summary>Memory for values of each sample of a batch.</summary>
    protected RowValues NewRowValues() => NewRowBuffer();

    /// <summary>Enqueues a copy.</summary>
    /// <param name="from">From where.</param>
    /// <param name="to">To where.</param>
    protected void Copy(ArrayView<float> from, ArrayView<float> to) => from.CopyTo(Stream, to);

    /// <summary>Enqueues sum += term.</summary>
    /// <param name="sum">What is added to.</param>
    /// <param name="term">What is added.</param>
    protected void Add(ArrayView<float> sum, ArrayView<float> term) => Kernels.Add(Stream, sum, term);

    /// <summary>Enqueues eˣ / Σ eˣ over each row, or its logarithm.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(rows, columns).</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="isLogarithm">Whether the logarithm is wanted.</param>
    protected void Softmax(ArrayView<float> x, ArrayView<float> y, int rows, int columns, bool isLogarithm = false) =>
        RowFunctions.Softmax(Kernels, Stream, x, y, new Index2D(rows, 1), columns, isLogarithm ? 1 : 0, isCausal: 0, factor: 1);

    /// <summary>Enqueues the gradient through a softmax, or through its logarithm.</summary>
    /// <param name="y">What it made, (rows, columns).</param>
    /// <param name="gradY">Its gradient.</param>
    /// <param name="gradX">The gradient of its input.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="isLogarithm">Whether it is the logarithm.</param>
    protected void SoftmaxGradient(ArrayView<float> y, ArrayView<float> gradY, ArrayView<float> gradX, int rows, int columns, bool isLogarithm = false) =>
        Kernels.SoftmaxGradient(Stream, y, gradY, gradX, rows, columns, isLogarithm);

    internal DeviceParameter NewParameter(string name, bool isTrained, IReadOnlyList<int> sizes)
    {
        var parameter = new DeviceParameter(memory, Stream, ModelName, name, isTrained, Optimizer.States, sizes);
        parameters.Add(parameter);
        return parameter;
    }

    internal ArrayView<int> UploadTable(int[] table) => memory.Upload<int>(table);

    /// <summary>The number of a new layer.</summary>
    internal int NextLayer() => layers++;

    /// <summary>What random numbers of this forward pass come from.</summary>
    internal (ulong Seed, uint Pass) Draw() => (Seed, pass);

    internal ArrayView<float> NewStaticValues(int count) => memory.Zeros<float>(count);

    internal RowValues NewRowBuffer()
    {
        var buffer = new ScratchBuffer(Accelerator);
        scratch.Add(buffer);
        return new RowValues(buffer, Stream);
    }

    private void CrossEntropy(ArrayView<float> y, ArrayView<int> classes, ArrayView<float> gradY)
    {
        var rows = (int)classes.Length;
        var rowLosses = losses.View(rows);
        var entropy = Kernels.Get<Action<ArrayView<float>, ArrayView<int>, ArrayView<float>, ArrayView<float>, int, float>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<int>, ArrayView<float>, ArrayView<float>, int, float>>(
            TrainingKernels.CrossEntropy, Accelerator.LoadKernel);
        entropy(Stream, new KernelConfig(rows, Kernels.ThreadsFor(shape.Columns, DeviceReduce.MostThreads)), y, classes, gradY, rowLosses, shape.Columns, 1f / rows);
        var sum = Kernels.Get<Action<ArrayView<float>, ArrayView<float>, int, float>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int, float>>(
            TrainingKernels.SumAll, Accelerator.LoadKernel);
        sum(Stream, new KernelConfig(1, Kernels.ThreadsFor(rows, DeviceReduce.MostThreads)), rowLosses, loss, rows, 1f / rows);
    }
}
