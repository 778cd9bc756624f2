using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu.Kernels;

namespace LayerDsl.Ilgpu;

/// <summary>A pooling of planes of one size by square windows.</summary>
/// <param name="Height">Of a plane.</param>
/// <param name="Width">Of a plane.</param>
/// <param name="KernelSize">Height and width of a window.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">How far windows reach over the edge.</param>
public readonly record struct ImagePool(int Height, int Width, int KernelSize, int Stride, int Padding)
{
    /// <summary>Values of a plane.</summary>
    internal int Plane => Height * Width;

    /// <summary>The sizes as kernels take them.</summary>
    internal TrainedPoolShape Shape()
    {
        var (down, across) = (((Height + (2 * Padding) - KernelSize) / Stride) + 1, ((Width + (2 * Padding) - KernelSize) / Stride) + 1);
        var pool = new PoolShape(Height, Width, Plane, new Divisor(across), down * across, KernelSize, Stride, Padding);
        return new TrainedPoolShape(pool, new Divisor(down * across), new Divisor(Plane), new Divisor(Width), new Divisor(Stride), down, 1f / (KernelSize * KernelSize));
    }
}

/// <content>Poolings of images.</content>
public abstract partial class DeviceTrainer
{
    /// <summary>Enqueues the largest value of each window of each plane.</summary>
    /// <param name="x">(planes, height, width).</param>
    /// <param name="y">(planes, rows, columns).</param>
    /// <param name="places">Where they lie, kept for the gradient.</param>
    /// <param name="planes">The planes.</param>
    /// <param name="pool">The sizes.</param>
    protected void MaxPool(ArrayView<float> x, ArrayView<float> y, RowValues places, int planes, ImagePool pool)
    {
        var shape = pool.Shape();
        var run = Kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>, TrainedPoolShape>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>, TrainedPoolShape>>(
            ImageGradients.MaxPool, Accelerator.LoadAutoGroupedKernel);
        run(Stream, planes * shape.Positions.Value, x, y, PlacesOf(places, planes, shape), shape);
    }

    /// <summary>Enqueues the gradient through the largest values of windows.</summary>
    /// <param name="places">Where they lie.</param>
    /// <param name="gradY">Their gradient.</param>
    /// <param name="gradX">The gradient of the planes.</param>
    /// <param name="planes">The planes.</param>
    /// <param name="pool">The sizes.</param>
    protected void MaxPoolGradient(RowValues places, ArrayView<float> gradY, ArrayView<float> gradX, int planes, ImagePool pool)
    {
        var shape = pool.Shape();
        var run = Kernels.Get<Action<Index1D, ArrayView<int>, ArrayView<float>, ArrayView<float>, TrainedPoolShape>, Action<AcceleratorStream, Index1D, ArrayView<int>, ArrayView<float>, ArrayView<float>, TrainedPoolShape>>(
            ImageGradients.MaxPoolGradient, Accelerator.LoadAutoGroupedKernel);
        run(Stream, planes * pool.Plane, PlacesOf(places, planes, shape), gradY, gradX, shape);
    }

    /// <summary>Enqueues the mean of each window of each plane.</summary>
    /// <param name="x">(planes, height, width).</param>
    /// <param name="y">(planes, rows, columns).</param>
    /// <param name="planes">The planes.</param>
    /// <param name="pool">The sizes.</param>
    protected void AveragePool(ArrayView<float> x, ArrayView<float> y, int planes, ImagePool pool)
    {
        var shape = pool.Shape();
        Windows(ImageGradients.AveragePool, x, y, planes * shape.Positions.Value, shape);
    }

    /// <summary>Enqueues the gradient through the means of windows.</summary>
    /// <param name="gradY">Their gradient.</param>
    /// <param name="gradX">The gradient of the planes.</param>
    /// <param name="planes">The planes.</param>
    /// <param name="pool">The sizes.</param>
    protected void AveragePoolGradient(ArrayView<float> gradY, ArrayView<float> gradX, int planes, ImagePool pool) =>
        Windows(ImageGradients.AveragePoolGradient, gradY, gradX, planes * pool.Plane, pool.Shape());

    /// <summary>Enqueues the mean of each plane.</summary>
    /// <param name="x">(planes, size).</param>
    /// <param name="y">(planes).</param>
    /// <param name="planes">The planes.</param>
    /// <param name="size">Values of a plane.</param>
    protected void GlobalAverage(ArrayView<float> x, ArrayView<float> y, int planes, int size)
    {
        var average = Kernels.Get<Action<ArrayView<float>, ArrayView<float>, int, float>, Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int, float>>(
            ImageKernels.GlobalAverage, Accelerator.LoadKernel);
        average(Stream, new KernelConfig(planes, Kernels.ThreadsFor(size, DeviceReduce.MostThreads)), x, y, size, 1f / size);
    }

    /// <summary>Enqueues the gradient through the means of planes.</summary>
    /// <param name="gradY">Their gradient.</param>
    /// <param name="gradX">The gradient of the planes.</param>
    /// <param name="planes">The planes.</param>
    /// <param name="size">Values of a plane.</param>
    protected void GlobalAverageGradient(ArrayView<float> gradY, ArrayView<float> gradX, int planes, int size)
    {
        var gradient = Kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, Divisor, float>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, Divisor, float>>(
            ImageGradients.GlobalAverageGradient, Accelerator.LoadAutoGroupedKernel);
        gradient(Stream, planes * size, gradY, gradX, new Divisor(size), 1f / size);
    }

    private static ArrayView<int> PlacesOf(RowValues places, int planes, TrainedPoolShape shape) => places.View(planes * shape.Positions.Value).Cast<int>();

    private void Windows(Action<Index1D, ArrayView<float>, ArrayView<float>, TrainedPoolShape> kernel, ArrayView<float> from, ArrayView<float> to, int count, TrainedPoolShape shape)
    {
        var run = Kernels.Get<Action<Index1D, ArrayView<float>, ArrayView<float>, TrainedPoolShape>, Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, TrainedPoolShape>>(
            kernel, Accelerator.LoadAutoGroupedKernel);
        run(Stream, count, from, to, shape);
    }
}
