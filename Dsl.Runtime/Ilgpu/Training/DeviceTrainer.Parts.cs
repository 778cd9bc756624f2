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
    private readonly List<TrainedTable> tables = [];
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

    /// <summary>What the input must be for the layers that read it as it is; nothing has been copied to the device.</summary>
    /// <param name="x">The input.</param>
    /// <exception cref="IndexOutOfTableException">An embedding has no vector for a number.</exception>
    protected virtual void CheckInput(ReadOnlySpan<float> x)
    {
    }

    /// <summary>Refuses numbers that an embedding has no vector for.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="layer">The embedding.</param>
    /// <param name="count">Its vectors.</param>
    /// <exception cref="IndexOutOfTableException">A number has no vector.</exception>
    protected static void CheckIndices(ReadOnlySpan<float> x, string layer, int count)
    {
        if (TrainedTable.Error(x, layer, count) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Where kernels note that a number names no row of a table.</summary>
    internal ArrayView<int> Noted { get; }

    internal TrainedTable NewTable(string name, int count)
    {
        var table = new TrainedTable(this, name, count);
        tables.Add(table);
        return table;
    }

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

    /// <summary>Enqueues a copy into what stays from pass to pass: nothing where an index of this pass named no row.</summary>
    internal void Keep(ArrayView<float> from, ArrayView<float> to)
    {
        if (tables.Count == 0)
        {
            from.CopyTo(Stream, to);
            return;
        }

        var keep = Kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>>>(
            TableKernels.CopyUnlessNoted, Accelerator.LoadAutoGroupedKernel);
        keep(Stream, (int)from.Length, from, to, Noted);
    }

    /// <summary>A pass that a layer broke off leaves what its kernels noted.</summary>
    private void BeginTables()
    {
        if (tables.Count > 0)
        {
            Noted.MemSetToZero(Stream);
            tables.ForEach(table => table.Begin());
        }
    }

    /// <summary>Throws what the kernels noted of this forward pass, which nothing follows then. Waits where a layer reads a table.</summary>
    internal void ThrowNoted()
    {
        if (tables.Count == 0)
        {
            return;
        }

        var noted = new int[1];
        Noted.CopyToCPU(Stream, noted);
        Stream.Synchronize();
        if (noted[0] == 0)
        {
            return;
        }

        (forwardBatch, hasGradients) = (0, false);
        throw tables.Select(table => table.Error()).OfType<IndexOutOfTableException>().First();
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

    private int BatchOf(int length)
    {
        if (length == 0 || length % InputSize != 0)
        {
            throw new LayerShapeException(ModelName, "length of the input", $"a multiple of {InputSize}", $"{length}");
        }

        return length / InputSize;
    }

    private void Check(string what, int length, int batch, int size)
    {
        if (batch < 1)
        {
            throw new LayerShapeException(ModelName, "samples of the batch", "1 or more", $"{batch}");
        }

        if (length != (long)batch * size)
        {
            throw new LayerShapeException(ModelName, what, $"{batch} × {size} = {(long)batch * size}", $"{length}");
        }
    }

    private float[] Download(ArrayView<float> values)
    {
        var result = new float[values.Length];
        values.CopyToCPU(Stream, result);
        Stream.Synchronize();
        return result;
    }
}
