using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Pooling of planes, and what is different for each channel of an image.</summary>
internal static class ImageKernels
{
    /// <summary>The largest value of each window, one output for each thread; places outside of the plane do not count, NaN passes on.</summary>
    public static void MaxPool(Index2D place, ArrayView<float> x, ArrayView<float> y, PoolShape shape)
    {
        var window = new PoolWindow(shape, place.X);
        var largest = float.NegativeInfinity;
        for (var line = window.Top; line < window.Bottom; line++)
        {
            for (var column = window.Left; column < window.Right; column++)
            {
                var value = x[(place.Y * shape.Plane) + (line * shape.Width) + column];
                largest = DeviceMath.Max(largest, value);
            }
        }

        y[(place.Y * shape.Positions) + place.X] = largest;
    }

    /// <summary>The mean of each window, one output for each thread; places outside of the plane count as zeros.</summary>
    public static void AveragePool(Index2D place, ArrayView<float> x, ArrayView<float> y, PoolShape shape)
    {
        var window = new PoolWindow(shape, place.X);
        var sum = 0f;
        for (var line = window.Top; line < window.Bottom; line++)
        {
            for (var column = window.Left; column < window.Right; column++)
            {
                sum += x[(place.Y * shape.Plane) + (line * shape.Width) + column];
            }
        }

        y[(place.Y * shape.Positions) + place.X] = sum / (shape.KernelSize * shape.KernelSize);
    }

    /// <summary>The mean of each plane, a group of threads for each.</summary>
    public static void GlobalAverage(ArrayView<float> x, ArrayView<float> y, int size, float inverse)
    {
        var shared = SharedMemory.Allocate<float>(DeviceReduce.MostThreads);
        var sum = 0f;
        for (var k = Group.IdxX; k < size; k += Group.DimX)
        {
            sum += x[(Grid.IdxX * size) + k];
        }

        sum = DeviceReduce.Sum(shared, sum);
        if (Group.IdxX == 0)
        {
            y[Grid.IdxX] = sum * inverse;
        }
    }

    /// <summary>y = x · scale[c] + shift[c], a plane for each number of the second index.</summary>
    public static void ScaleChannels(Index2D place, ArrayView<float> x, ArrayView<float> y, int plane, int channels, ArrayView<float> scale, ArrayView<float> shift)
    {
        var channel = place.Y % channels;
        var at = (place.Y * plane) + place.X;
        y[at] = (x[at] * scale[channel]) + shift[channel];
    }

    /// <summary>y = x · scale[i] + shift[i], a row for each number of the second index.</summary>
    public static void ScaleFeatures(Index2D place, ArrayView<float> x, ArrayView<float> y, int features, ArrayView<float> scale, ArrayView<float> shift)
    {
        var at = (place.Y * features) + place.X;
        y[at] = (x[at] * scale[place.X]) + shift[place.X];
    }
}

/// <summary>The sizes of a pooling.</summary>
/// <param name="Height">Of a plane.</param>
/// <param name="Width">Of a plane.</param>
/// <param name="Plane">Values of a plane.</param>
/// <param name="Across">Outputs of a line.</param>
/// <param name="Positions">Outputs of a plane.</param>
/// <param name="KernelSize">Height and width of a window.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">How far windows reach over the edge.</param>
internal readonly record struct PoolShape(int Height, int Width, int Plane, Divisor Across, int Positions, int KernelSize, int Stride, int Padding);

/// <summary>The part of a window inside of its plane.</summary>
internal readonly struct PoolWindow
{
    /// <summary>Finds the window of an output.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="position">The output's number.</param>
    public PoolWindow(PoolShape shape, int position)
    {
        var line = shape.Across.Into(position);
        var top = (line * shape.Stride) - shape.Padding;
        var left = ((position - (line * shape.Across.Value)) * shape.Stride) - shape.Padding;
        Top = Math.Max(top, 0);
        Left = Math.Max(left, 0);
        Bottom = Math.Min(top + shape.KernelSize, shape.Height);
        Right = Math.Min(left + shape.KernelSize, shape.Width);
    }

    /// <summary>The first line.</summary>
    public int Top { get; }

    /// <summary>The first column.</summary>
    public int Left { get; }

    /// <summary>The end of the lines.</summary>
    public int Bottom { get; }

    /// <summary>The end of the columns.</summary>
    public int Right { get; }
}
