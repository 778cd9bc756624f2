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
        var windows = new Windows("max_pool2d", height, width, kernelSize, stride, padding);
        windows.Check(x, y, planes);
        for (var k = 0; k < y.Length; k++)
        {
            var (plane, top, left, lines, length) = windows.At(k);
            var largest = float.NegativeInfinity;
            for (var line = 0; line < lines; line++)
            {
                // MathF.Max passes NaN on.
                largest = MathF.Max(largest, Largest(x.Slice((plane * height * width) + ((top + line) * width) + left, length)));
            }

            y[k] = largest;
        }
    }

    /// <summary>The mean of each window; places outside of the plane count as zeros.</summary>
    /// <inheritdoc cref="Max"/>
    public static void Average(ReadOnlySpan<float> x, Span<float> y, int planes, int height, int width, int kernelSize, int stride, int padding)
    {
        var windows = new Windows("avg_pool2d", height, width, kernelSize, stride, padding);
        windows.Check(x, y, planes);
        for (var k = 0; k < y.Length; k++)
        {
            var (plane, top, left, lines, length) = windows.At(k);
            var sum = 0f;
            for (var line = 0; line < lines; line++)
            {
                foreach (var value in x.Slice((plane * height * width) + ((top + line) * width) + left, length))
                {
                    sum += value;
                }
            }

            y[k] = sum / (kernelSize * kernelSize);
        }
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

    /// <summary>A window is a few values wide: a loop beats the call of a vector routine.</summary>
    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        foreach (var value in values[1..])
        {
            largest = MathF.Max(largest, value);
        }

        return largest;
    }

    /// <summary>Where the windows of a plane lie.</summary>
    private readonly record struct Windows(string Name, int Height, int Width, int KernelSize, int Stride, int Padding)
    {
        private int Rows => ((Height + (2 * Padding) - KernelSize) / Stride) + 1;

        private int Columns => ((Width + (2 * Padding) - KernelSize) / Stride) + 1;

        public void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int planes)
        {
            Require.Positive(Name, "planes", planes);
            Require.Positive(Name, "kernel size", KernelSize);
            Require.Positive(Name, "stride", Stride);
            if (Padding < 0 || Padding > KernelSize / 2)
            {
                throw new LayerShapeException(Name, "padding", $"from 0 to {KernelSize / 2}, half of the window", $"{Padding}");
            }

            if (Math.Min(Height, Width) + (2 * Padding) < KernelSize)
            {
                throw new LayerShapeException(Name, "plane", $"at least {KernelSize - (2 * Padding)} × {KernelSize - (2 * Padding)}", $"{Height} × {Width}");
            }

            Require.Rows(Name, "length of the input", planes, checked(Height * Width), x.Length);
            Require.Rows(Name, "length of the output", planes, Rows * Columns, y.Length);
            Require.Separate(Name, x, y);
        }

        /// <summary>The plane of an output, and the part of its window that lies inside.</summary>
        public (int Plane, int Top, int Left, int Lines, int Length) At(int output)
        {
            var (row, column) = Math.DivRem(output % (Rows * Columns), Columns);
            var (top, left) = ((row * Stride) - Padding, (column * Stride) - Padding);
            var (firstLine, first) = (Math.Max(0, top), Math.Max(0, left));
            return (output / (Rows * Columns), firstLine, first, Math.Min(Height, top + KernelSize) - firstLine, Math.Min(Width, left + KernelSize) - first);
        }
    }
}
