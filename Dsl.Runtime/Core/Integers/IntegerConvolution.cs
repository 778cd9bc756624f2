using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>
/// A convolution of whole inputs with whole weights. Weights of 16 bits are multiplied in pairs; for others what lies under the kernel is gathered
/// output by output, so that every output is one product of two rows. Outside of the image the code is that of zero, a step of 0.
/// </summary>
internal sealed class IntegerConvolution(Conv2dGeometry geometry, IntegerWeight weight)
{
    /// <summary>Windows at a time: with a few rows of the weight they stay in the second-level cache.</summary>
    private const int TileShorts = 32 * 1024;

    /// <summary>The weight.</summary>
    public IntegerWeight Weight => weight;

    /// <summary>Convolves a batch of images; the arguments are checked.</summary>
    /// <param name="layer">The layer's name, for messages.</param>
    /// <param name="grid">The grid of the input.</param>
    /// <param name="x">(batch, in, height, width).</param>
    /// <param name="y">(batch, out, rows, columns).</param>
    /// <param name="batch">How many images.</param>
    /// <param name="height">Of an image.</param>
    /// <param name="width">Of an image.</param>
    /// <param name="bias">(out), or empty.</param>
    /// <exception cref="NonFiniteActivationException">A value is NaN or infinite. Nothing has been written.</exception>
    public void Forward(string layer, ActivationGrid grid, ReadOnlySpan<float> x, Span<float> y, int batch, int height, int width, ReadOnlySpan<float> bias)
    {
        using var codes = new PooledBuffer((x.Length + 1) / 2);
        var steps = MemoryMarshal.Cast<float, short>(codes.Span)[..x.Length];
        grid.Encode(layer, x, steps);
        Forward(steps, y, batch, height, width, grid.Scale, bias);
        if (weight.Odd is { } odd)
        {
            using var rest = new PooledBuffer(y.Length);
            new IntegerConvolution(geometry, odd).Forward(steps, rest.Span, batch, height, width, Math.Sqrt(2) * grid.Scale, []);
            TensorPrimitives.Add(y, rest.Span, y);
        }
    }

    private void Forward(ReadOnlySpan<short> steps, Span<float> y, int batch, int height, int width, double inputScale, ReadOnlySpan<float> bias)
    {
        if (weight.Kernel is ShortKernel)
        {
            new PairConvolution(geometry, weight).Forward(steps, y, batch, height, width, inputScale, bias);
        }
        else
        {
            ForwardWindows(steps, y, batch, height, width, inputScale, bias);
        }
    }

    /// <summary>Window by window: for kernels that do not multiply pairs.</summary>
    private void ForwardWindows(ReadOnlySpan<short> steps, Span<float> y, int batch, int height, int width, double inputScale, ReadOnlySpan<float> bias)
    {
        var (inputs, positions) = (geometry.InputsPerOutput, geometry.OutputSize(height) * geometry.OutputSize(width));
        var tile = Math.Clamp(TileShorts / inputs, 1, positions);
        using var windows = new PooledBuffer(((tile * inputs) + 1) / 2);
        using var weights = new PooledBuffer(checked(((geometry.OutChannels * weight.RowBytes) + sizeof(float) - 1) / sizeof(float)));
        var unpacked = MemoryMarshal.AsBytes(weights.Span);
        IntegerProduct.Unpack(weight, unpacked, 0, geometry.OutChannels);
        var (channels, outputs) = (geometry.InChannels / geometry.Groups, geometry.OutChannels / geometry.Groups);
        for (var k = 0; k < batch * geometry.Groups; k++)
        {
            var window = new StepWindow(geometry, steps.Slice(k * channels * height * width, channels * height * width), height, width);
            var to = new Output(y.Slice(k * outputs * positions, outputs * positions), bias, positions, k % geometry.Groups * outputs, outputs);
            ForwardGroup(window, inputScale, unpacked, MemoryMarshal.Cast<float, short>(windows.Span), to, tile);
        }
    }

    /// <summary>One group of one image.</summary>
    private void ForwardGroup(StepWindow window, double inputScale, ReadOnlySpan<byte> unpacked, Span<short> windows, Output to, int tile)
    {
        var inputs = geometry.InputsPerOutput;
        for (var first = 0; first < to.Positions; first += tile)
        {
            var count = Math.Min(tile, to.Positions - first);
            for (var k = 0; k < count; k++)
            {
                window.Gather(first + k, windows.Slice(k * inputs, inputs));
            }

            for (var o = 0; o < to.Outputs; o++)
            {
                var row = to.FirstOutput + o;
                var weights = unpacked.Slice(row * weight.RowBytes, weight.RowBytes);
                var shift = to.Bias.IsEmpty ? 0.0 : to.Bias[row];
                var target = to.Values.Slice((o * to.Positions) + first, count);
                for (var k = 0; k < count; k++)
                {
                    target[k] = (float)((inputScale * weight.Dot(row, weights, windows.Slice(k * inputs, inputs))) + shift);
                }
            }
        }
    }

    /// <summary>Where the results of one group of one image go.</summary>
    private readonly ref struct Output(Span<float> values, ReadOnlySpan<float> bias, int positions, int firstOutput, int outputs)
    {
        public Span<float> Values { get; } = values;

        public ReadOnlySpan<float> Bias { get; } = bias;

        public int Positions { get; } = positions;

        public int FirstOutput { get; } = firstOutput;

        public int Outputs { get; } = outputs;
    }
}
