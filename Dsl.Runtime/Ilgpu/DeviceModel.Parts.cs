using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;
using LayerDsl.Ilgpu.Layers;

namespace LayerDsl.Ilgpu;

/// <content>What generated code makes models from.</content>
public abstract partial class DeviceModel
{
    /// <summary>Memory for values between layers.</summary>
    protected sealed class DeviceBuffer
    {
        private readonly ScratchBuffer scratch;
        private readonly AcceleratorStream stream;

        internal DeviceBuffer(ScratchBuffer scratch, AcceleratorStream stream) => (this.scratch, this.stream) = (scratch, stream);

        /// <summary>Room for so many values.</summary>
        /// <param name="length">The values.</param>
        public ArrayView<float> View(int length) => scratch.View(stream, length);
    }

    /// <summary>Memory that the model owns.</summary>
    protected DeviceBuffer NewBuffer() => new(Scratch(), Stream);

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="launch">How its products are launched.</param>
    /// <param name="activation">The function that is applied to its outputs.</param>
    protected DeviceLinear Upload(FoldedLinear layer, LaunchConfiguration launch, DeviceActivation activation)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceLinear(kernels, layer, launch, activation, precision));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    /// <param name="launch">How its products are launched.</param>
    /// <param name="activation">The function that is applied to its outputs.</param>
    protected DeviceConv2d Upload(FoldedConv2d layer, int height, int width, LaunchConfiguration launch, DeviceActivation activation)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceConv2d(kernels, layer, height, width, launch, activation, precision));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="launch">How its products are launched.</param>
    /// <param name="activation">The function that is applied to its outputs.</param>
    protected DeviceAttention Upload(FoldedAttention layer, LaunchConfiguration launch, DeviceActivation activation)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceAttention(kernels, layer, launch, activation, precision));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    protected DeviceBatchNorm1d Upload(FoldedBatchNorm1d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceBatchNorm1d(kernels, layer));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    protected DeviceBatchNorm2d Upload(FoldedBatchNorm2d layer, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceBatchNorm2d(kernels, layer, height, width));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    protected DeviceRowNorm Upload(FoldedLayerNorm layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceRowNorm(kernels, layer));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    protected DeviceRowNorm Upload(FoldedRmsNorm layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceRowNorm(kernels, layer));
    }

    /// <summary>Puts a layer on the device.</summary>
    /// <param name="layer">The layer.</param>
    protected DeviceEmbedding Upload(FoldedEmbedding layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Add(new DeviceEmbedding(kernels, layer));
    }

    /// <summary>Enqueues eˣ / Σ eˣ over each row, or its logarithm.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="y">(rows, columns); may be x.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="isLogarithm">Whether the logarithm is wanted.</param>
    protected void Softmax(ArrayView<float> x, ArrayView<float> y, int rows, int columns, bool isLogarithm = false) =>
        RowFunctions.Softmax(kernels, Stream, x, y, new Index2D(rows, 1), columns, isLogarithm ? 1 : 0, isCausal: 0, factor: 1);

    /// <summary>Enqueues the largest value or the mean of each window of each plane.</summary>
    /// <param name="x">(planes, height, width).</param>
    /// <param name="y">(planes, rows, columns).</param>
    /// <param name="planes">The planes.</param>
    /// <param name="height">Of a plane.</param>
    /// <param name="width">Of a plane.</param>
    /// <param name="kernelSize">Height and width of a window.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">How far windows reach over the edge.</param>
    /// <param name="isAverage">Whether the mean is wanted.</param>
    protected void Pool(ArrayView<float> x, ArrayView<float> y, int planes, int height, int width, int kernelSize, int stride, int padding, bool isAverage = false)
    {
        var (down, across) = (((height + (2 * padding) - kernelSize) / stride) + 1, ((width + (2 * padding) - kernelSize) / stride) + 1);
        var shape = new PoolShape(height, width, height * width, new Divisor(across), down * across, kernelSize, stride, padding);
        var pool = kernels.Get<Action<Index2D, ArrayView<float>, ArrayView<float>, PoolShape>, Action<AcceleratorStream, Index2D, ArrayView<float>, ArrayView<float>, PoolShape>>(
            isAverage ? ImageKernels.AveragePool : ImageKernels.MaxPool, Accelerator.LoadAutoGroupedKernel);
        pool(Stream, new Index2D(shape.Positions, planes), x, y, shape);
    }

    /// <summary>Enqueues the mean of each plane.</summary>
    /// <param name="x">(planes, size).</param>
    /// <param name="y">(planes).</param>
    /// <param name="planes">The planes.</param>
    /// <param name="size">Values of a plane.</param>
    protected void GlobalAverage(ArrayView<float> x, ArrayView<float> y, int planes, int size)
    {
        var average = kernels.Get<Action<ArrayView<float>, ArrayView<float>, int, float>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int, float>>(
            ImageKernels.GlobalAverage, Accelerator.LoadKernel);
        average(Stream, new KernelConfig(planes, kernels.ThreadsFor(size, DeviceReduce.MostThreads)), x, y, size, 1f / size);
    }

    /// <summary>Enqueues a copy.</summary>
    /// <param name="x">From where.</param>
    /// <param name="y">To where.</param>
    protected void Copy(ArrayView<float> x, ArrayView<float> y) => x.CopyTo(Stream, y);

    private T Add<T>(T layer)
        where T : DeviceLayer
    {
        layers.Add(layer);
        return layer;
    }

    private ScratchBuffer Scratch()
    {
        var buffer = new ScratchBuffer(Accelerator);
        scratch.Add(buffer);
        return buffer;
    }
}
