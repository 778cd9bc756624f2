using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu;

/// <summary>A loss on the host: writes its gradient, and returns its value.</summary>
/// <param name="y">The outputs of the model, (batch, outputs), row major.</param>
/// <param name="gradY">The gradient of the loss, of the same shape; to be written.</param>
public delegate float DeviceLoss(ReadOnlySpan<float> y, Span<float> gradY);

/// <summary>
/// A model that is trained on a device: the base of every generated <c>TrainerOnDevice</c>. Parameters, values between layers, gradients and the state of the optimizer stay on the
/// device, on one stream. It owns its memory, which <see cref="Dispose"/> frees; the accelerator is the caller's. Nothing of it needs TorchSharp.
/// </summary>
public abstract partial class DeviceTrainer : IDisposable
{
    private readonly List<DeviceParameter> parameters = [];
    private readonly Lock gate = new();
    private readonly DeviceMemory memory;
    private readonly List<IDisposable> scratch = [];
    private readonly TrainerShape shape;
    private readonly RowValues inputs;
    private readonly RowValues outputs;
    private readonly RowValues gradients;
    private int forwardBatch;
    private bool isDisposed;
    private bool isInLoss;

    /// <summary>Called by generated code.</summary>
    /// <param name="modelName">The model's name.</param>
    /// <param name="shape">The sizes of a sample.</param>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="optimizer">How parameters change by their gradients.</param>
    protected DeviceTrainer(string modelName, TrainerShape shape, Accelerator accelerator, DeviceOptimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(modelName);
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(optimizer);
        (ModelName, this.shape, Accelerator, Optimizer) = (modelName, shape, accelerator, optimizer);
        LearningRate = optimizer.LearningRate;
        Kernels = new KernelSet(accelerator);
        Stream = accelerator.CreateStream();
        memory = new DeviceMemory(accelerator);
        (inputs, outputs, gradients, losses) = (NewRowBuffer(), NewRowBuffer(), NewRowBuffer(), NewRowBuffer());
        loss = memory.Zeros<float>(1);
        Noted = memory.Zeros<int>(1);
        labels = new ClassBuffer(accelerator);
    }

    /// <summary>The model's name.</summary>
    public string ModelName { get; }

    /// <summary>Values per input sample.</summary>
    public int InputSize => shape.InputSize;

    /// <summary>Values per output sample.</summary>
    public int OutputSize => shape.OutputSize;

    /// <summary>Where the model is trained.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>The stream on which everything is enqueued.</summary>
    public AcceleratorStream Stream { get; }

    /// <summary>How parameters change by their gradients.</summary>
    public DeviceOptimizer Optimizer { get; }

    /// <summary>The step size, for schedules: may be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double LearningRate
    {
        get;
        set
        {
            DeviceOptimizer.Check(value, nameof(LearningRate));
            field = value;
        }
    }

    /// <summary>Where the random numbers of layers that round at random come from. Those of a forward pass follow from it and the number of the pass; setting it counts passes anew.</summary>
    public ulong Seed
    {
        get;
        set
        {
            field = value;
            pass = 0;
        }
    }

    /// <summary>How many updates there were.</summary>
    public int Updates { get; private set; }

    /// <summary>All stored tensors of the model, with the names of its state dictionary.</summary>
    public IReadOnlyList<DeviceParameter> Parameters => parameters;

    internal KernelSet Kernels { get; }

    /// <summary>Runs the model in training mode on values in the memory of the host, and waits.</summary>
    /// <param name="x">The input, shape (batch, <see cref="InputSize"/>), row major.</param>
    /// <param name="y">The output, shape (batch, <see cref="OutputSize"/>), row major.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the batch is too large for the indices of the device. Nothing has been written.</exception>
    /// <exception cref="IndexOutOfTableException">An embedding, or a method of your own, has no row for an index. No parameter has been changed.</exception>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch)
    {
        Check("length of the output", y.Length, batch, OutputSize);
        lock (gate)
        {
            Upload(x, batch);
            var made = Enqueue(batch);
            ThrowNoted();
            Download(made).CopyTo(y);
        }
    }

    /// <summary>Computes the gradients of all parameters for the batch of the last forward pass, and waits.</summary>
    /// <param name="gradY">The gradient of the output, shape (batch, <see cref="OutputSize"/>), row major.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass since the last update.</exception>
    /// <exception cref="LayerShapeException">The length does not match. Nothing has been written.</exception>
    public void Backward(ReadOnlySpan<float> gradY)
    {
        lock (gate)
        {
            RequireForward();
            Check("length of the gradient", gradY.Length, forwardBatch, OutputSize);
            gradients.View(forwardBatch * OutputSize).CopyFromCPU(Stream, gradY.ToArray());
            EnqueueBackward();
            Stream.Synchronize();
        }
    }

    /// <summary>Changes the parameters by the gradients of the last backward pass.</summary>
    /// <exception cref="InvalidOperationException">There was no backward pass since the last update.</exception>
    public void Update()
    {
        lock (gate)
        {
            RequireIdle();
            if (!hasGradients)
            {
                throw new InvalidOperationException($"'{ModelName}' has no gradients: call Forward and Backward before Update.");
            }

            Apply();
        }
    }

    /// <summary>A training step with a loss of the caller's: forward, loss, backward, update.</summary>
    /// <param name="x">The input, shape (batch, <see cref="InputSize"/>), row major.</param>
    /// <param name="loss">The loss and its gradient.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="IndexOutOfTableException">An embedding, or a method of your own, has no row for an index. No parameter has been changed.</exception>
    /// <exception cref="LayerShapeException">The length does not match. Nothing has been written.</exception>
    /// <exception cref="InvalidOperationException">The loss calls the trainer.</exception>
    public float Step(ReadOnlySpan<float> x, DeviceLoss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        lock (gate)
        {
            var batch = BatchOf(x.Length);
            Upload(x, batch);
            var made = Enqueue(batch);
            ThrowNoted();
            var y = Download(made);
            var gradY = new float[y.Length];
            isInLoss = true;
            float value;
            try
            {
                value = loss(y, gradY);
            }
            finally
            {
                isInLoss = false;
            }

            gradients.View(y.Length).CopyFromCPU(Stream, gradY);
            EnqueueBackward();
            Apply();
            return value;
        }
    }

    /// <summary>A training step with the mean cross-entropy of a softmax over the last dimension of the output: forward, loss, backward, update.</summary>
    /// <param name="x">The input, shape (batch, <see cref="InputSize"/>), row major.</param>
    /// <param name="classes">The class of each row of the output, from 0.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="IndexOutOfTableException">An embedding, or a method of your own, has no row for an index. No parameter has been changed.</exception>
    /// <exception cref="LayerShapeException">A length does not match. Nothing has been written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class. Nothing has been written.</exception>
    public float Step(ReadOnlySpan<float> x, ReadOnlySpan<int> classes)
    {
        var batch = BatchOf(x.Length);
        Check("number of classes", classes.Length, batch, OutputSize / shape.Columns);
        foreach (var wanted in classes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(classes));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(wanted, shape.Columns, nameof(classes));
        }

        lock (gate)
        {
            Upload(x, batch);
            var y = Enqueue(batch);
            CrossEntropy(y, labels.Upload(Stream, classes), gradients.View(batch * OutputSize));
            EnqueueBackward();
            ThrowNoted();
            Apply();
            return Download(loss)[0];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            RequireIdle();
            isDisposed = true;
            Stream.Synchronize();
            foreach (var part in scratch)
            {
                part.Dispose();
            }

            labels.Dispose();
            memory.Dispose();
            Stream.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The forward pass: enqueues its steps.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <param name="batch">How many samples.</param>
    protected abstract void RunForward(ArrayView<float> x, ArrayView<float> y, int batch);

    /// <summary>The backward pass: enqueues its steps.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <param name="gradY">The gradient of the output.</param>
    /// <param name="batch">How many samples.</param>
    protected abstract void RunBackward(ArrayView<float> x, ArrayView<float> y, ArrayView<float> gradY, int batch);

    private void Upload(ReadOnlySpan<float> x, int batch)
    {
        RequireIdle();
        Check("length of the input", x.Length, batch, InputSize);
        if (batch < shape.LeastSamples)
        {
            throw new LayerShapeException(ModelName, "samples of the batch", $"at least {shape.LeastSamples}, as a batch normalization has one value of each channel in a sample", $"{batch}");
        }

        if (batch > shape.MostSamples)
        {
            throw new LayerShapeException(ModelName, "samples of the batch", $"at most {shape.MostSamples}", $"{batch}");
        }

        CheckInput(x);
        inputs.View(batch * InputSize).CopyFromCPU(Stream, x.ToArray());
    }

    private ArrayView<float> Enqueue(int batch)
    {
        var y = outputs.View(batch * OutputSize);
        (forwardBatch, hasGradients) = (0, false); // until the pass is through: a layer may throw
        pass = unchecked(pass + 1);
        BeginTables();
        RunForward(inputs.View(batch * InputSize), y, batch);
        forwardBatch = batch;
        return y;
    }

    private void EnqueueBackward()
    {
        RunBackward(inputs.View(forwardBatch * InputSize), outputs.View(forwardBatch * OutputSize), gradients.View(forwardBatch * OutputSize), forwardBatch);
        hasGradients = true;
    }

    private void Apply()
    {
        Updates++;
        foreach (var parameter in parameters.Where(parameter => parameter.IsTrained))
        {
            OptimizerKernels.Step(Kernels, Stream, Optimizer, LearningRate, Updates, parameter);
        }

        (forwardBatch, hasGradients) = (0, false);
    }

    /// <summary>The lock lets a loss of the caller's in, as it runs on the thread that holds it.</summary>
    private void RequireIdle()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (isInLoss)
        {
            throw new InvalidOperationException($"'{ModelName}' is in the middle of a step: its loss must not call it.");
        }
    }

    private void RequireForward()
    {
        RequireIdle();
        if (forwardBatch == 0)
        {
            throw new InvalidOperationException($"'{ModelName}' has no values to go back through: call Forward before Backward.");
        }
    }
}
