using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Layers;

namespace LayerDsl.Ilgpu;

/// <summary>
/// A folded model on a device: the base of every generated <c>OnDevice</c> class. Weights are uploaded once, everything runs on one stream, and values stay on the
/// device from the first layer to the last. It owns its buffers, which <see cref="Dispose"/> frees. The accelerator is the caller's.
/// </summary>
public abstract partial class DeviceModel : IDisposable
{
    private readonly List<DeviceLayer> layers = [];
    private readonly List<IDisposable> scratch = [];
    private readonly Lock gate = new();
    private readonly KernelSet kernels;
    private readonly WeightPrecision precision;
    private readonly ScratchBuffer inputs;
    private readonly ScratchBuffer outputs;
    private readonly int samplesAtOnce;
    private bool isDisposed;

    /// <summary>Called by generated code.</summary>
    /// <param name="folded">The folded model.</param>
    /// <param name="accelerator">Where it runs.</param>
    /// <param name="samplesAtOnce">How many samples go through at once: with more, an index or a grid would be too large.</param>
    /// <param name="precision">How weights in floats lie on the device.</param>
    /// <exception cref="MissingCapabilityException">The device has no 16-bit floats, and these were asked for.</exception>
    protected DeviceModel(FoldedModel folded, Accelerator accelerator, int samplesAtOnce, WeightPrecision precision = WeightPrecision.Single)
    {
        ArgumentNullException.ThrowIfNull(folded);
        ArgumentNullException.ThrowIfNull(accelerator);
        if (precision == WeightPrecision.Half && !HasHalf(accelerator))
        {
            throw new MissingCapabilityException(accelerator.Name, "16-bit floats", "Use WeightPrecision.Single.");
        }

        ModelName = folded.ModelName;
        InputSize = folded.InputSize;
        OutputSize = folded.OutputSize;
        this.samplesAtOnce = samplesAtOnce;
        this.precision = precision;
        Accelerator = accelerator;
        kernels = new KernelSet(accelerator);
        Stream = accelerator.CreateStream();
        inputs = Scratch();
        outputs = Scratch();
    }

    /// <summary>The model's name.</summary>
    public string ModelName { get; }

    /// <summary>Values per input sample.</summary>
    public int InputSize { get; }

    /// <summary>Values per output sample.</summary>
    public int OutputSize { get; }

    /// <summary>Where the model runs.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>The stream on which everything is enqueued.</summary>
    public AcceleratorStream Stream { get; }

    /// <summary>Runs the model on values in the memory of the host, and waits. Calls from several threads follow one another.</summary>
    /// <param name="x">The input, shape (batch, <see cref="InputSize"/>), row major.</param>
    /// <param name="y">The output, shape (batch, <see cref="OutputSize"/>), row major.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match. Nothing has been written.</exception>
    /// <exception cref="IndexOutOfTableException">An embedding was asked for a vector that it has not. Nothing of the part of the batch has been written.</exception>
    /// <exception cref="NonFiniteActivationException">An input that is rounded to codes is NaN or infinite. Nothing of the part of the batch has been written.</exception>
    /// <exception cref="ObjectDisposedException">The model's buffers were freed.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch)
    {
        CheckLengths(x.Length, y.Length, batch);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            for (int first = 0, count; first < batch; first += count)
            {
                count = Math.Min(samplesAtOnce, batch - first);
                var deviceX = inputs.View(Stream, count * InputSize);
                var deviceY = outputs.View(Stream, count * OutputSize);
                deviceX.CopyFromCPU(Stream, x.Slice(first * InputSize, count * InputSize).ToArray());
                Run(deviceX, deviceY, count);
                ThrowNoted();
                var result = new float[count * OutputSize];
                deviceY.CopyToCPU(Stream, result);
                Stream.Synchronize();
                result.CopyTo(y.Slice(first * OutputSize, result.Length));
            }
        }
    }

    /// <summary>
    /// Enqueues the model on values that are on the device already, and does not wait: what reads <paramref name="y"/> is enqueued on <see cref="Stream"/> as well, or
    /// waits for it. An input that a layer refuses gives NaN here; <see cref="ThrowNoted"/> tells of it.
    /// </summary>
    /// <param name="x">The input, shape (batch, <see cref="InputSize"/>), row major.</param>
    /// <param name="y">The output, shape (batch, <see cref="OutputSize"/>), row major; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the batch is too large for the indices of the device.</exception>
    /// <exception cref="ObjectDisposedException">The model's buffers were freed.</exception>
    public void Forward(ArrayView<float> x, ArrayView<float> y, int batch)
    {
        CheckLengths(x.Length, y.Length, batch);
        if (batch > samplesAtOnce)
        {
            throw new LayerShapeException(ModelName, "samples of the batch", $"at most {samplesAtOnce}", $"{batch}");
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            Run(x, y, batch);
        }
    }

    /// <summary>Waits for what was enqueued, and throws what a layer had to say of its input.</summary>
    /// <exception cref="LayerDslException">A layer refused an input.</exception>
    public void ThrowNoted()
    {
        foreach (var status in layers.SelectMany(layer => layer.Statuses))
        {
            if (status.Take(Stream) is { } error)
            {
                throw error;
            }
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

            isDisposed = true;
            Stream.Synchronize();
            foreach (var part in layers.Concat(scratch))
            {
                part.Dispose();
            }

            Stream.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The model itself: enqueues its steps.</summary>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <param name="batch">How many samples.</param>
    protected abstract void Run(ArrayView<float> x, ArrayView<float> y, int batch);

    private static bool HasHalf(Accelerator accelerator) => accelerator switch
    {
        CudaAccelerator cuda => cuda.Architecture >= CudaArchitecture.SM_53,
        CLAccelerator openCL => openCL.Capabilities.Float16,
        _ => true,
    };

    private void CheckLengths(long x, long y, int batch)
    {
        if (batch < 1)
        {
            throw new LayerShapeException(ModelName, "samples of the batch", "1 or more", $"{batch}");
        }

        if (x != (long)batch * InputSize || y != (long)batch * OutputSize)
        {
            var (what, size, actual) = x != (long)batch * InputSize ? ("length of the input", InputSize, x) : ("length of the output", OutputSize, y);
            throw new LayerShapeException(ModelName, what, $"{batch} × {size} = {(long)batch * size}", $"{actual}");
        }
    }
}
