using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Poolings that are trained, their gradients, and sums of parts. Each thread owns a result and gathers what belongs to it: no order of threads changes a sum.</summary>
internal static class ImageGradients
{
    /// <summary>The sum of some parts, one value for each thread.</summary>
    /// <param name="place">The value.</param>
    /// <param name="parts">(parts, size).</param>
    /// <param name="sum">The sums.</param>
    /// <param name="size">Values of a part.</param>
    /// <param name="count">The parts.</param>
    public static void SumParts(Index1D place, ArrayView<float> parts, ArrayView<float> sum, int size, int count)
    {
        var total = 0f;
        for (var k = 0; k < count; k++)
        {
            total += parts[(k * size) + place];
        }

        sum[place] = total;
    }

    /// <summary>The largest value of each window and where it lies in its plane: the first of equal ones, or the last NaN, as PyTorch has it.</summary>
    public static void MaxPool(Index1D place, ArrayView<float> x, ArrayView<float> y, ArrayView<int> places, TrainedPoolShape shape)
    {
        var plane = shape.Positions.Into(place);
        var window = new PoolWindow(shape.Pool, place - (plane * shape.Positions.Value));
        var largest = float.NegativeInfinity;
        var at = (window.Top * shape.Pool.Width) + window.Left;
        for (var line = window.Top; line < window.Bottom; line++)
        {
            for (var column = window.Left; column < window.Right; column++)
            {
                var inPlane = (line * shape.Pool.Width) + column;
                var value = x[(plane * shape.Pool.Plane) + inPlane];

                // What is not at least the least of all numbers is NaN. Comparisons that NaN fails only: OpenCL C has no others, and ILGPU writes !(a >= b) as a < b there.
                at = value > largest ? inPlane : value >= float.NegativeInfinity ? at : inPlane;
                largest = DeviceMath.Max(largest, value);
            }
        }

        y[place] = largest;
        places[place] = at;
    }

    /// <summary>The gradient of <see cref="MaxPool"/>: the sum over the windows that took the place.</summary>
    public static void MaxPoolGradient(Index1D place, ArrayView<int> places, ArrayView<float> gradY, ArrayView<float> gradX, TrainedPoolShape shape)
    {
        var plane = shape.Plane.Into(place);
        var inPlane = place - (plane * shape.Plane.Value);
        var windows = new PoolWindows(shape, inPlane);
        var sum = 0f;
        for (var line = windows.Top; line < windows.Bottom; line++)
        {
            for (var column = windows.Left; column < windows.Right; column++)
            {
                var output = (plane * shape.Pool.Positions) + (line * shape.Pool.Across.Value) + column;
                sum += places[output] == inPlane ? gradY[output] : 0;
            }
        }

        gradX[place] = sum;
    }

    /// <summary>The mean of each window; places outside of the plane count as zeros.</summary>
    public static void AveragePool(Index1D place, ArrayView<float> x, ArrayView<float> y, TrainedPoolShape shape)
    {
        var plane = shape.Positions.Into(place);
        var window = new PoolWindow(shape.Pool, place - (plane * shape.Positions.Value));
        var sum = 0f;
        for (var line = window.Top; line < window.Bottom; line++)
        {
            for (var column = window.Left; column < window.Right; column++)
            {
                sum += x[(plane * shape.Pool.Plane) + (line * shape.Pool.Width) + column];
            }
        }

        y[place] = sum * shape.Inverse;
    }

    /// <summary>The gradient of <see cref="AveragePool"/>: the mean over all windows that hold the place.</summary>
    public static void AveragePoolGradient(Index1D place, ArrayView<float> gradY, ArrayView<float> gradX, TrainedPoolShape shape)
    {
        var plane = shape.Plane.Into(place);
        var windows = new PoolWindows(shape, place - (plane * shape.Plane.Value));
        var sum = 0f;
        for (var line = windows.Top; line < windows.Bottom; line++)
        {
            for (var column = windows.Left; column < windows.Right; column++)
            {
                sum += gradY[(plane * shape.Pool.Positions) + (line * shape.Pool.Across.Value) + column];
            }
        }

        gradX[place] = sum * shape.Inverse;
    }

    /// <summary>The gradient of the mean of each plane.</summary>
    public static void GlobalAverageGradient(Index1D place, ArrayView<float> gradY, ArrayView<float> gradX, Divisor size, float inverse) => gradX[place] = gradY[size.Into(place)] * inverse;
}

/// <summary>The sizes of a pooling, seen from its outputs and from its image.</summary>
/// <param name="Pool">The windows.</param>
/// <param name="Positions">Outputs of a plane.</param>
/// <param name="Plane">Values of a plane.</param>
/// <param name="Width">Of a plane.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Down">Lines of outputs.</param>
/// <param name="Inverse">1 / values of a window.</param>
internal readonly record struct TrainedPoolShape(PoolShape Pool, Divisor Positions, Divisor Plane, Divisor Width, Divisor Stride, int Down, float Inverse);

/// <summary>The windows that hold a place of a plane.</summary>
internal readonly struct PoolWindows
{
    /// <summary>Finds the windows of a place.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="place">The place in its plane.</param>
    public PoolWindows(TrainedPoolShape shape, int place)
    {
        var line = shape.Width.Into(place);
        var (down, right) = (line + shape.Pool.Padding, place - (line * shape.Width.Value) + shape.Pool.Padding);
        Top = First(shape, down);
        Left = First(shape, right);
        Bottom = Math.Min(shape.Stride.Into(down) + 1, shape.Down);
        Right = Math.Min(shape.Stride.Into(right) + 1, shape.Pool.Across.Value);
    }

    /// <summary>The first line of windows.</summary>
    public int Top { get; }

    /// <summary>The first column.</summary>
    public int Left { get; }

    /// <summary>The end of the lines.</summary>
    public int Bottom { get; }

    /// <summary>The end of the columns.</summary>
    public int Right { get; }

    /// <summary>The first window that reaches so far.</summary>
    private static int First(TrainedPoolShape shape, int distance) => shape.Stride.Into(Math.Max(distance - shape.Pool.KernelSize + shape.Stride.Value, 0));
}
