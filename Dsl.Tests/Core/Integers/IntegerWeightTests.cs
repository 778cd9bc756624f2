namespace LayerDsl.Tests.Core.Integers;

/// <summary>Products of whole numbers against plain loops in Int128, and which kernel takes them.</summary>
public sealed class IntegerWeightTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Every_kernel_adds_up_exactly(int length)
    {
        var random = new Random(length);
        var steps = Enumerable.Range(0, length).Select(_ => (short)random.Next(-255, 256)).ToArray();
        Check(new ShortKernel([.. Enumerable.Range(-128, 256).Select(level => (long)level)]), Levels(256, code => code - 128), 256, 0);
        Check(new ShortKernel([.. Enumerable.Range(0, 16).Select(level => (long)level)]), Levels(16, code => code - 7), 16, 7);
        Check(new ShortKernel([-9, -4, -1, 0, 1, 4, 9, 16]), Levels(8, code => new[] { -9, -4, -1, 0, 1, 4, 9, 16 }[code]), 8, 0);
        var powers = Enumerable.Range(0, 16).Select(code => (code < 8 ? 1L : -1L) << (code % 8)).ToArray();
        Check(new ShiftKernel(powers, fitsInt: true), powers, 16, 0);
        Check(new ShiftKernel(powers, fitsInt: false), powers, 16, 0);
        var far = Enumerable.Range(0, 64).Select(code => (code < 32 ? 1L : -1L) << (code % 32)).ToArray();
        Check(new ShiftKernel(far, fitsInt: false), far, 64, 0);
        Check(new LongKernel(far), far, 64, 0);

        void Check(IntegerKernel kernel, long[] levels, int codes, long zero)
        {
            var chosen = Enumerable.Range(0, length).Select(_ => (byte)random.Next(codes)).ToArray();
            var unpacked = new byte[length * kernel.Size];
            kernel.Unpack(chosen, zero, unpacked);
            var expected = chosen.Zip(steps, (code, step) => (Int128)levels[code] * step).Aggregate(Int128.Zero, (sum, term) => sum + term);
            Assert.Equal((double)expected, kernel.Dot(steps, unpacked));
        }

        static long[] Levels(int count, Func<int, int> of) => [.. Enumerable.Range(0, count).Select(code => (long)of(code))];
    }

    [Fact]
    public void Sums_of_all_largest_products_do_not_overflow()
    {
        // 2^31 / (255 · 255) = 33 025.2: one input more takes 64 bits.
        Assert.IsType<ShortKernel>(Kernel(33_025, 8, 8, zero: 255));
        Assert.IsType<LongKernel>(Kernel(33_026, 8, 8, zero: 255));
        foreach (var columns in new[] { 33_025, 33_026 })
        {
            var weight = Make(columns, 8, "Uniform", [.. Enumerable.Range(0, 256).Select(level => (float)level)], [255], _ => 0);
            var integers = IntegerWeight.Of(weight, new ActivationFormat("Uniform", 8, false))!;
            var row = new byte[integers.RowBytes];
            integers.Unpack(0, row);
            Assert.Equal(columns * -255.0 * 255.0, integers.Dot(0, row, Enumerable.Repeat((short)255, columns).ToArray()));
        }
    }

    [Fact]
    public void Powers_of_two_are_shifted()
    {
        Assert.IsType<ShiftKernel>(IntegerWeight.Of(Powers(4), new ActivationFormat("Uniform", 8, false))!.Kernel);
        Assert.IsType<ShiftKernel>(IntegerWeight.Of(Powers(6), new ActivationFormat("Uniform", 8, false))!.Kernel);

        // 2^-63 has no use as a whole number.
        Assert.Null(IntegerWeight.Of(Powers(7), new ActivationFormat("Uniform", 8, false)));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 15)]
    [InlineData(2, 64)]
    [InlineData(3, 1000)]
    public void Powers_of_the_root_of_two_are_two_sums_of_whole_numbers(int bits, int length)
    {
        var half = 1 << (bits - 1);
        var random = new Random(length);
        var steps = Enumerable.Range(0, length).Select(_ => (short)random.Next(-255, 256)).ToArray();
        var weight = Make(length, bits, "LogSqrt2", Roots(half), [], _ => random.Next(2 * half));
        var even = IntegerWeight.Of(weight, new ActivationFormat("Uniform", 8, false))!;
        var sums = new[] { even, even.Odd! }.Select(part =>
        {
            var row = new byte[part.RowBytes];
            part.Unpack(0, row);
            return part.Dot(0, row, steps);
        }).ToArray();

        // The definition in double precision, where every power is rounded.
        var codes = new byte[length];
        weight.Codes.Read(0, codes);
        var terms = codes.Zip(steps, (code, step) => step * (code < half ? 1 : -1) * Math.Pow(2, -(code % half) / 2.0)).ToArray();
        Assert.Equal(weight.Scales[0] * terms.Sum(), sums[0] + (Math.Sqrt(2) * sums[1]), 1e-13 * weight.Scales[0] * (1 + terms.Sum(Math.Abs)));
    }

    [Fact]
    public void Other_levels_of_that_scheme_stay_in_floats()
    {
        Assert.Null(IntegerWeight.Of(Make(8, 5, "LogSqrt2", Roots(16), [], k => k), new ActivationFormat("Uniform", 8, false)));
        Assert.Null(IntegerWeight.Of(Make(8, 1, "LogSqrt2", [1, 0.9f], [], k => k % 2), new ActivationFormat("Uniform", 8, false)));
        Assert.Null(IntegerWeight.Of(Make(8, 1, "LogSqrt2", [1, 0], [], k => k % 2), new ActivationFormat("Uniform", 8, false)));
        Assert.Null(IntegerWeight.Of(Make(8, 1, "LogSqrt2", [1, 1e-9f], [], k => k % 2), new ActivationFormat("Uniform", 8, false)));
    }

    private static float[] Roots(int half) => [.. Enumerable.Range(0, 2 * half).Select(code => (code < half ? 1 : -1) * MathF.Pow(2, -(code % half) / 2f))];

    [Fact]
    public void Levels_that_are_no_whole_numbers_stay_in_floats()
    {
        var weight = Make(8, 1, "Nf4", [-1, 0.6962f], [], k => k % 2);
        Assert.Null(IntegerWeight.Of(weight, new ActivationFormat("Uniform", 8, false)));
        var fraction = Make(8, 1, "Uniform", [0, 1], [0.5f], k => k % 2);
        Assert.Null(IntegerWeight.Of(fraction, new ActivationFormat("Uniform", 8, false)));
    }

    [Fact]
    public void Groups_have_a_partial_sum_each()
    {
        var codes = new byte[] { 1, 2, 3, 0, 3, 1 };
        var packed = PackedCodes.Pack("layer", codes, 1, 6, 2);
        var weight = new QuantizedWeight("layer", new QuantizedFormat("Uniform", 2, 4, true, QuantizedFormat.Steps(0, 4)), packed, [0.5f, 4], [1, 2]);
        var integers = IntegerWeight.Of(weight, new ActivationFormat("Uniform", 8, false))!;
        var row = new byte[integers.RowBytes];
        integers.Unpack(0, row);

        // The last group is short. 0.5·(0·10 + 1·20 + 2·30 - 1·40) + 4·(1·5 - 1·7)
        Assert.Equal((0.5 * 40) + (4 * -2), integers.Dot(0, row, [10, 20, 30, 40, 5, 7]));
    }

    /// <summary>Lanes of float32 add up a few parts of groups each: 1e-6 of the sum of magnitudes.</summary>
    [Theory]
    [InlineData(16, 48)]
    [InlineData(32, 96)]
    [InlineData(32, 1024)]
    [InlineData(24, 96)]
    [InlineData(2048, 4096)]
    public void Groups_of_any_size_add_up_to_the_same(int group, int columns)
    {
        var random = new Random(group);
        var scales = Enumerable.Range(0, columns / group).Select(k => (float)random.NextDouble() * (k % 3 == 1 ? -1 : 1)).ToArray();
        var codes = Enumerable.Range(0, columns).Select(_ => (byte)random.Next(256)).ToArray();
        var weight = new QuantizedWeight(
            "layer", new QuantizedFormat("Uniform", 8, group, true, QuantizedFormat.Steps(0, 256)), PackedCodes.Pack("layer", codes, 1, columns, 8), scales, [.. scales.Select(scale => MathF.Round(MathF.Abs(scale) * 255))]);
        var integers = IntegerWeight.Of(weight, new ActivationFormat("Uniform", 8, false))!;
        var row = new byte[integers.RowBytes];
        integers.Unpack(0, row);
        var steps = Enumerable.Range(0, columns).Select(_ => (short)random.Next(-255, 256)).ToArray();
        var terms = Enumerable.Range(0, columns).Select(k => scales[k / group] * (double)((codes[k] - (int)weight.Zeros[k / group]) * steps[k])).ToArray();
        Assert.Equal(terms.Sum(), integers.Dot(0, row, steps), 1e-6 * terms.Sum(Math.Abs));
    }

    [Fact]
    public void One_weight_and_one_input_are_a_product()
    {
        var grid = new ActivationGrid("layer", new ActivationFormat("Uniform", 1, false), 2, 0);
        var weight = Make(1, 1, "Uniform", [-1, 1], [], _ => 0, scales: [0.25f]);
        var y = new float[3];
        new FoldedQuantizedLinear("layer", weight, [10]) { Activation = grid }.Forward([-5, 0.5f, 7], y, 3);
        Assert.Equal([10, 10, 9.5f], y);
        new FoldedConv2d("layer", new Conv2dGeometry(1, 1, 1), weight, [10]) { Activation = grid }.Forward([-5, 0.5f, 7], y, 1, 1, 3);
        Assert.Equal([10, 10, 9.5f], y);
    }

    [Fact]
    public void A_kernel_in_codes_is_decoded_once_and_not_counted()
    {
        var geometry = new Conv2dGeometry(32, 64, 3);
        var layer = new FoldedConv2d("layer", geometry, Make(288, 8, "Uniform", [.. Enumerable.Range(-128, 256).Select(level => (float)level)], [], k => k % 256, 64, [.. Enumerable.Repeat(1f, 64)]), []);
        var (x, first, second) = (Enumerable.Range(0, 32 * 9).Select(k => (float)k).ToArray(), new float[64], new float[64]);
        layer.Forward(x, first, 1, 3, 3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        layer.Forward(x, second, 1, 3, 3);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 288);
        Assert.Equal(first, second);
        Assert.Equal((64 * 288) + (4 * 64), layer.ByteCount);
    }

    [Fact]
    public void A_convolution_is_that_of_plain_loops()
    {
        var random = new Random(3);
        foreach (var g in new Conv2dGeometry[] { new(1, 1, 1), new(4, 6, 3, Padding: 1), new(4, 6, 3, Stride: 2, Padding: 2, Dilation: 2, Groups: 2), new(3, 3, 2, Groups: 3), new(2, 5, 5, Padding: 4) })
        {
            var (height, width) = (7, 6);
            var weight = Make(g.InputsPerOutput, 8, "Uniform", [.. Enumerable.Range(-128, 256).Select(level => (float)level)], [], _ => random.Next(256), g.OutChannels, Enumerable.Range(1, g.OutChannels).Select(o => o / 64f).ToArray());
            var bias = Enumerable.Range(0, g.OutChannels).Select(o => (float)o).ToArray();
            var grid = new ActivationGrid("layer", new ActivationFormat("Uniform", 8, false), 0.25f, 100);
            var layer = new FoldedConv2d("layer", g, weight, bias) { Activation = grid };
            Assert.NotNull(layer.Integers);
            var x = Enumerable.Range(0, 2 * g.InChannels * height * width).Select(_ => (float)((random.NextDouble() * 80) - 40)).ToArray();
            var (rows, columns) = (g.OutputSize(height), g.OutputSize(width));
            var y = new float[2 * g.OutChannels * rows * columns];
            layer.Forward(x, y, 2, height, width);
            for (var k = 0; k < y.Length; k++)
            {
                var (q, p, o, b) = (k % columns, k / columns % rows, k / columns / rows % g.OutChannels, k / columns / rows / g.OutChannels);
                Assert.Equal((float)((0.25 * (weight.Scales[o] * (double)Plain(g, weight, grid, x, height, width, b, o, p, q))) + bias[o]), y[k]);
            }
        }
    }

    private static long Plain(Conv2dGeometry g, QuantizedWeight weight, ActivationGrid grid, float[] x, int height, int width, int b, int o, int p, int q)
    {
        var codes = new byte[g.InputsPerOutput];
        weight.Codes.Read(o, codes);
        var (channels, sum) = (g.InChannels / g.Groups, 0L);
        for (var c = 0; c < channels; c++)
        {
            for (var u = 0; u < g.KernelSize; u++)
            {
                for (var v = 0; v < g.KernelSize; v++)
                {
                    var (line, column) = ((g.Stride * p) + (g.Dilation * u) - g.Padding, (g.Stride * q) + (g.Dilation * v) - g.Padding);
                    var channel = (o / (g.OutChannels / g.Groups) * channels) + c;
                    var value = line >= 0 && line < height && column >= 0 && column < width ? x[(((((b * g.InChannels) + channel) * height) + line) * width) + column] : 0;
                    sum += (long)(codes[(((c * g.KernelSize) + u) * g.KernelSize) + v] - 128) * (grid.Encode(value) - grid.ZeroPoint);
                }
            }
        }

        return sum;
    }

    private static IntegerKernel Kernel(int columns, int bits, int inputBits, float zero) =>
        IntegerWeight.Of(Make(columns, bits, "Uniform", [.. Enumerable.Range(0, 1 << bits).Select(level => (float)level)], [zero], _ => 0), new ActivationFormat("Uniform", inputBits, false))!.Kernel;

    private static QuantizedWeight Powers(int bits) => Make(
        8, bits, "Log2", [.. Enumerable.Range(0, 1 << bits).Select(code => MathF.ScaleB(code >> (bits - 1) == 0 ? 1 : -1, -(code & ((1 << (bits - 1)) - 1))))], [], k => k % (1 << bits));

    private static QuantizedWeight Make(int columns, int bits, string scheme, float[] levels, float[] zeros, Func<int, int> code, int rows = 1, float[]? scales = null) => new(
        "layer",
        new QuantizedFormat(scheme, bits, columns, zeros.Length > 0, EquatableList.Create(levels)),
        PackedCodes.Pack("layer", Enumerable.Range(0, rows * columns).Select(k => (byte)code(k)).ToArray(), rows, columns, bits),
        scales ?? [1],
        zeros);
}
