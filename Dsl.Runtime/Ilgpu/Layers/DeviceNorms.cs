using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Launch;

namespace LayerDsl.Ilgpu.Layers;

/// <summary>A normalization of rows, with or without their mean.</summary>
public sealed class DeviceRowNorm : DeviceLayer
{
    private readonly NormParts parts;

    /// <summary>Uploads a layer normalization.</summary>
    internal DeviceRowNorm(KernelSet kernels, FoldedLayerNorm layer)
        : base(kernels, layer.Name) =>
        parts = new NormParts(layer.Features, (float)layer.Eps, true, Memory.Upload(layer.Weight), Memory.Upload(layer.Bias));

    /// <summary>Uploads a normalization by the root mean square.</summary>
    internal DeviceRowNorm(KernelSet kernels, FoldedRmsNorm layer)
        : base(kernels, layer.Name) =>
        parts = new NormParts(layer.Features, (float)layer.Eps, false, Memory.Upload(layer.Weight), ArrayView<float>.Empty);

    /// <summary>Enqueues the normalization of every row.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">(rows, features).</param>
    /// <param name="y">(rows, features).</param>
    /// <param name="rows">The rows.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int rows) => RowFunctions.Normalize(Kernels, stream, x, y, rows, parts);
}

/// <summary>A batch normalization of rows with its statistics merged: a factor and a summand for each feature.</summary>
public sealed class DeviceBatchNorm1d : DeviceLayer
{
    private readonly int features;
    private readonly ArrayView<float> scale;
    private readonly ArrayView<float> shift;

    /// <summary>Uploads a layer.</summary>
    internal DeviceBatchNorm1d(KernelSet kernels, FoldedBatchNorm1d layer)
        : base(kernels, layer.Name)
    {
        features = layer.Features;
        (scale, shift) = (Memory.Upload(layer.Scale), Memory.Upload(layer.Shift));
    }

    /// <summary>Enqueues the normalization.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">(batch, features).</param>
    /// <param name="y">Of the same shape.</param>
    /// <param name="batch">The rows.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int batch)
    {
        var run = Kernels.Get<Action<Index2D, ArrayView<float>, ArrayView<float>, int, ArrayView<float>, ArrayView<float>>, Action<AcceleratorStream, Index2D, ArrayView<float>, ArrayView<float>, int, ArrayView<float>, ArrayView<float>>>(
            ImageKernels.ScaleFeatures, Kernels.Accelerator.LoadAutoGroupedKernel);
        run(stream, new Index2D(features, batch), x, y, features, scale, shift);
    }
}

/// <summary>A batch normalization with its statistics merged: a factor and a summand for each channel.</summary>
public sealed class DeviceBatchNorm2d : DeviceLayer
{
    private readonly int features;
    private readonly int plane;
    private readonly ArrayView<float> scale;
    private readonly ArrayView<float> shift;

    /// <summary>Uploads a layer.</summary>
    internal DeviceBatchNorm2d(KernelSet kernels, FoldedBatchNorm2d layer, int height, int width)
        : base(kernels, layer.Name)
    {
        (features, plane) = (layer.Features, height * width);
        (scale, shift) = (Memory.Upload(layer.Scale), Memory.Upload(layer.Shift));
    }

    /// <summary>Enqueues the normalization.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">(batch, features, height, width).</param>
    /// <param name="y">Of the same shape.</param>
    /// <param name="batch">The images.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int batch)
    {
        var run = Kernels.Get<Action<Index2D, ArrayView<float>, ArrayView<float>, int, int, ArrayView<float>, ArrayView<float>>, Action<AcceleratorStream, Index2D, ArrayView<float>, ArrayView<float>, int, int, ArrayView<float>, ArrayView<float>>>(
            ImageKernels.ScaleChannels, Kernels.Accelerator.LoadAutoGroupedKernel);
        run(stream, new Index2D(plane, batch * features), x, y, plane, features, scale, shift);
    }
}

/// <summary>A table of vectors.</summary>
public sealed class DeviceEmbedding : DeviceLayer
{
    private readonly int count;
    private readonly int dim;
    private readonly ArrayView<float> table;
    private readonly InputStatus status;

    /// <summary>Uploads a layer.</summary>
    internal DeviceEmbedding(KernelSet kernels, FoldedEmbedding layer)
        : base(kernels, layer.Name)
    {
        (count, dim) = (layer.Count, layer.Dim);
        table = Memory.Upload(layer.Weight);
        status = new InputStatus(Memory, (place, value) => new IndexOutOfTableException(layer.Name, place, value, layer.Count));
    }

    internal override IEnumerable<InputStatus> Statuses => [status];

    /// <summary>Enqueues the copies of vectors.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="x">Whole numbers from 0 to count − 1.</param>
    /// <param name="y">(rows, dim).</param>
    /// <param name="rows">The numbers.</param>
    public void Forward(AcceleratorStream stream, ArrayView<float> x, ArrayView<float> y, int rows)
    {
        var embed = Kernels.Get<Action<Index2D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, ArrayView<int>>, Action<AcceleratorStream, Index2D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, ArrayView<int>>>(
            ValueKernels.Embed, Kernels.Accelerator.LoadAutoGroupedKernel);
        embed(stream, new Index2D(dim, rows), x, y, table, count, dim, status.View);
    }
}
