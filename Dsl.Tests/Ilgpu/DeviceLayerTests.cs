using LayerDsl.Ilgpu;
using LayerDsl.Ilgpu.Kernels;
using LayerDsl.Ilgpu.Layers;
using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>The other layers on an accelerator equal the managed layers.</summary>
public sealed class DeviceLayerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    private const double Tolerance = 1e-5; // of values around 1, sums of less than 100 terms: a dozen times their rounding

    [Theory]
    [InlineData(3, 4, 3, 1, 1, 1, 1)]
    [InlineData(4, 6, 3, 2, 1, 1, 2)]
    [InlineData(4, 4, 2, 1, 0, 2, 4)]
    [InlineData(1, 2, 1, 1, 0, 1, 1)]
    public void A_convolution(int channels, int outputs, int kernel, int stride, int padding, int dilation, int groups)
    {
        var random = new Random(1);
        var geometry = new Conv2dGeometry(channels, outputs, kernel, stride, padding, dilation, groups);
        var layer = new FoldedConv2d("Subject", geometry, Values.Uniform(random, outputs * geometry.InputsPerOutput), Values.Uniform(random, outputs));

        Convolves(layer, height: 5, width: 7);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public void A_convolution_with_codes_and_rounded_inputs(int bits)
    {
        var random = new Random(2);
        var geometry = new Conv2dGeometry(3, 5, 3, Padding: 1);
        var codes = PackedCodes.Pack("Subject", [.. Enumerable.Range(0, 5 * 27).Select(_ => (byte)random.Next(1 << bits))], 5, 27, bits);
        var format = new QuantizedFormat("Uniform", bits, 27, false, QuantizedFormat.Steps(-(1 << (bits - 1)), 1 << bits));
        var weight = new QuantizedWeight("Subject", format, codes, [0.1f, 0.2f, 0.05f, 0.1f, 0.3f], [], [], []);
        var grid = new ActivationGrid("Subject", new ActivationFormat("Uniform", 8, Signed: true), 1f / 128, 0);

        Convolves(new FoldedConv2d("Subject", geometry, weight, Values.Uniform(random, 5)), 5, 4);
        Convolves(new FoldedConv2d("Subject", geometry, weight, []) { Activation = grid }, 5, 4);
    }

    [Theory]
    [InlineData(2, 2, false, false, false)]
    [InlineData(4, 2, true, false, false)]
    [InlineData(2, 2, true, true, false)]
    [InlineData(3, 3, true, true, true)]
    public void Attention(int heads, int keyHeads, bool causal, bool merged, bool queryBias)
    {
        const int Dim = 12, Tokens = 5, Batch = 2;
        var random = new Random(3);
        var geometry = new AttentionGeometry(Dim, heads, keyHeads, causal, merged, queryBias);
        FoldedLinear Part(string name, int outputs, bool bias) => new("Subject." + name, Dim, outputs, Values.Uniform(random, outputs * Dim), bias ? Values.Uniform(random, outputs) : []);
        var layer = new FoldedAttention(
            "Subject", geometry, merged ? null : Part("query", Dim, true), Part(merged ? "queryKey" : "key", geometry.KeySize, !merged), Part("value", geometry.ValueSize, true), Part("output", Dim, true));
        var x = Values.Uniform(random, Batch * Tokens * Dim);
        var expected = new float[x.Length];
        layer.Forward(x, expected, Batch, Tokens);
        using var onDevice = new DeviceAttention(device.Kernels, layer, new LaunchConfiguration(64, 32, 8), DeviceActivation.None, WeightPrecision.Single);

        Same(expected, device.Run(x, x.Length, (from, to) => onDevice.Forward(device.Stream, from, to, Batch, Tokens)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Normalizations_of_rows(bool hasWeight)
    {
        const int Features = 7, Rows = 3;
        var random = new Random(4);
        var (weight, bias) = hasWeight ? (Values.Uniform(random, Features), Values.Uniform(random, Features)) : ([], []);
        var layerNorm = new FoldedLayerNorm("Subject", Features, 1e-5, weight, bias);
        var rmsNorm = new FoldedRmsNorm("Subject", Features, 1e-5, weight);
        var x = Values.Uniform(random, Rows * Features).Select(value => value + 3).ToArray();
        var (centred, scaled) = (new float[x.Length], new float[x.Length]);
        layerNorm.Forward(x, centred, Rows);
        rmsNorm.Forward(x, scaled, Rows);
        using var deviceLayerNorm = new DeviceRowNorm(device.Kernels, layerNorm);
        using var deviceRmsNorm = new DeviceRowNorm(device.Kernels, rmsNorm);

        Same(centred, device.Run(x, x.Length, (from, to) => deviceLayerNorm.Forward(device.Stream, from, to, Rows)));
        Same(scaled, device.Run(x, x.Length, (from, to) => deviceRmsNorm.Forward(device.Stream, from, to, Rows)));
    }

    [Fact]
    public void A_batch_normalization_and_an_embedding()
    {
        var random = new Random(5);
        var norm = new FoldedBatchNorm2d("Subject", Values.Uniform(random, 3), Values.Uniform(random, 3));
        var table = new FoldedEmbedding("Subject", 5, 3, Values.Uniform(random, 15));
        var (x, y) = (Values.Uniform(random, 2 * 3 * 4 * 5), new float[2 * 3 * 4 * 5]);
        norm.Forward(x, y, 2, 4, 5);
        using var deviceNorm = new DeviceBatchNorm2d(device.Kernels, norm, 4, 5);
        using var deviceTable = new DeviceEmbedding(device.Kernels, table);

        Same(y, device.Run(x, y.Length, (from, to) => deviceNorm.Forward(device.Stream, from, to, 2)));
        var vectors = device.Run([4, 0, 2], 9, (from, to) => deviceTable.Forward(device.Stream, from, to, 3));
        Assert.Equal([.. table.Weight[12..15], .. table.Weight[..3], .. table.Weight[6..9]], vectors);
        Assert.Null(deviceTable.Statuses.Single().Take(device.Stream));
        var wrong = device.Run([1, 5], 6, (from, to) => deviceTable.Forward(device.Stream, from, to, 2));
        Assert.All(wrong[3..], value => Assert.True(float.IsNaN(value)));
        Assert.IsType<IndexOutOfTableException>(deviceTable.Statuses.Single().Take(device.Stream));
    }

    [Fact]
    public void A_batch_normalization_of_rows()
    {
        var random = new Random(6);
        var norm = new FoldedBatchNorm1d("Subject", Values.Uniform(random, 7), Values.Uniform(random, 7));
        var (x, y) = (Values.Uniform(random, 5 * 7), new float[5 * 7]);
        norm.Forward(x, y, 5);
        using var onDevice = new DeviceBatchNorm1d(device.Kernels, norm);

        Same(y, device.Run(x, y.Length, (from, to) => onDevice.Forward(device.Stream, from, to, 5)));
    }

    [Theory]
    [InlineData(0f, 1)]
    [InlineData(88f, 2)]
    [InlineData(-80f, 2)]
    [InlineData(-100f, 2)]
    public void Functions_of_the_device_are_right_to_their_last_places(float around, int places)
    {
        var random = new Random(6);
        for (var k = 0; k < 2000; k++)
        {
            var x = around + (float)(random.NextDouble() - 0.5);
            Close(Math.Exp(x), DeviceMath.Exp(x), places, x);
            Close(Math.Tanh(x), DeviceMath.Tanh(x), 3, x);
            var positive = MathF.Abs(x) * MathF.ScaleB(1, random.Next(-140, 100));
            Close(Math.Log(positive), DeviceMath.Log(positive), 2, positive);
        }
    }

    [Fact]
    public void Functions_of_the_device_keep_what_is_special()
    {
        Assert.True(float.IsNaN(DeviceMath.Exp(float.NaN)));
        Assert.True(float.IsNaN(DeviceMath.Relu(float.NaN)));
        Assert.True(float.IsNaN(DeviceMath.Tanh(float.NaN)));
        Assert.True(float.IsNaN(DeviceMath.Log(-1)));
        Assert.Equal(float.NegativeInfinity, DeviceMath.Log(0));
        Assert.Equal(float.PositiveInfinity, DeviceMath.Log(float.PositiveInfinity));
        Assert.Equal(float.PositiveInfinity, DeviceMath.Exp(1000));
        Assert.Equal(0, DeviceMath.Exp(float.NegativeInfinity));
        Assert.Equal(1, DeviceMath.Exp(0));
        Assert.Equal(float.PositiveInfinity, DeviceMath.Gelu(float.PositiveInfinity));
        Assert.Equal(0, DeviceMath.Gelu(float.NegativeInfinity));
        Assert.Equal([0f, 0f, 1f, 1f], new[] { -1f, 0f, 1f, float.NaN }.Select(DeviceMath.ReluSlope)); // as torch's threshold: NaN is not below it
        Assert.All(new[] { 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 3.4999f, 1e9f, -1e9f, 4194304.5f, 4194305.5f, -4194305.5f, 8388607.5f, -8388607.5f, 8388609f }, value => Assert.Equal(MathF.Round(value), DeviceMath.Round(value)));
    }

    [Fact]
    public void A_division_by_a_known_number_is_exact()
    {
        var random = new Random(8);
        var divisors = new[] { 1, 2, 3, 5, 7, 64, 641, 65535, 65536, 1 << 30, int.MaxValue - 1, int.MaxValue }.Concat(Enumerable.Range(0, 200).Select(_ => random.Next(1, 1 << random.Next(1, 31))));
        Assert.All(divisors, value =>
        {
            var divisor = new Divisor(value);
            long[] edges = [0, 1, value - 1L, value, value + 1L, (2L * value) - 1, 2L * value, int.MaxValue / value * (long)value, (int.MaxValue / value * (long)value) - 1, int.MaxValue, random.Next()];
            Assert.All(edges.Where(edge => edge is >= 0 and <= int.MaxValue), number => Assert.Equal((int)number / value, divisor.Into((int)number)));
        });
    }

    private void Convolves(FoldedConv2d layer, int height, int width)
    {
        const int Batch = 2;
        var g = layer.Geometry;
        var x = Values.Uniform(new Random(9), Batch * g.InChannels * height * width);
        var expected = new float[Batch * g.OutChannels * g.OutputSize(height) * g.OutputSize(width)];
        layer.Forward(x, expected, Batch, height, width);
        Activations.Relu(expected, expected);
        using var onDevice = new DeviceConv2d(device.Kernels, layer, height, width, new LaunchConfiguration(64, 32, 8), DeviceActivation.Relu, WeightPrecision.Single);

        Same(expected, device.Run(x, expected.Length, (from, to) => onDevice.Forward(device.Stream, from, to, Batch)));
    }

    private static void Same(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
        {
            Values.Close(expected[k], actual[k], Tolerance * (1 + Math.Abs(expected[k])), $"value {k}");
        }
    }

    /// <summary>Within so many units in the last place of the exact value, or of the least number.</summary>
    private static void Close(double exact, float actual, int places, float x)
    {
        var unit = Math.Max(Math.Abs((double)MathF.BitIncrement((float)Math.Abs(exact)) - (float)Math.Abs(exact)), float.Epsilon);
        Assert.True((double.IsInfinity((float)exact) && float.IsInfinity(actual)) || Math.Abs(exact - actual) <= (places + 0.5) * unit, $"x = {x:R}: {actual:R}, exactly {exact:R}");
    }
}
