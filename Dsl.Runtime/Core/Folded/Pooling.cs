using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>The pooling functions of folded models, over planes: one for each channel of each image. NaN propagates, as it does in torch.</summary>
public static class Pooling
{
    /// <summary>The largest value of each window; places outside of the plane do not count.</summary>
    /// <param name="x">The input, shape (planes, height, width), row major.</param>
    /// <param name="y">The output, shape (planes, rows, columns), row major; shares no memory with the input.</param>
    /// <param name="planes">How many planes; at least 1.</param>
    /// <param name="height">Of a plane.</param>
    /// <param name="width">Of a plane.</param>
    /// <param name="kernelSize">Height and width of a window.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">How far windows reach over the plane's edge; at most half of a window.</param>
    /// <exception cref="LayerShapeException">A size is out of range, a length does not match, or the spans share memory. Nothing has been written.</exception>
    public static void Max(ReadOnlySpan<float> x, Span<float> y, int planes, int height, int width, int kernelSize, int stride, int padding)
    {
        var windows = new PoolingWindows("max_pool2d", height, width, kernelSize, stride, padding);
        windows.Check(x, y, planes);
        var work = new PoolingKernel<MaxOfWindow>(windows, x, y, planes);
        WorkerTeam.Shared.Run(ref work, work.Parts);
    }

    /// <summary>The mean of each window; places outside of the plane count as zeros.</summary>
    /// <inheritdoc cref="Max"/>
    public static void Average(ReadOnlySpan<float> x, Span<float> y, int planes, int height, int width, int kernelSize, int stride, int padding)
    {
        var windows = new PoolingWindows("avg_pool2d", height, width, kernelSize, stride, padding);
        windows.Check(x, y, planes);
        var work = new PoolingKernel<MeanOfWindow>(windows, x, y, planes);
        WorkerTeam.Shared.Run(ref work, work.Parts);
    }

    /// <summary>The mean of each plane.</summary>
    /// <param name="x">The input, shape (planes, size), row major.</param>
    /// <param name="y">The output, shape (planes); shares no memory with the input.</param>
    /// <param name="planes">How many planes; at least 1.</param>
    /// <param name="size">Values of a plane; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public static void GlobalAverage(ReadOnlySpan<float> x, Span<float> y, int planes, int size)
    {
        const string Name = "adaptive_avg_pool2d";
        Require.Positive(Name, "planes", planes);
        Require.Positive(Name, "values of a plane", size);
        Require.Rows(Name, "length of the input", planes, size, x.Length);
        Require.Equal(Name, "length of the output", planes, y.Length);
        Require.Separate(Name, x, y);
        for (var plane = 0; plane < planes; plane++)
        {
            y[plane] = TensorPrimitives.Sum(x.Slice(plane * size, size)) / size;
        }
    }
}
