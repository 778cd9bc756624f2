using LayerDsl.Ilgpu;
using LayerDsl.Ilgpu.Layers;
using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Linear layers of every format on an accelerator equal the managed layers, at sizes that no tile and no octet divides.</summary>
public sealed class DeviceLinearTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    private const int In = 19;
    private const int Out = 13;

    /// <summary>Half the distance from 1 to the next float32.</summary>
    private const double UnitRoundoff = 1.0 / (1 << 24);

    public static TheoryData<string, int, int> Formats
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var (kind, bits) in new[] { ("steps", 1), ("steps", 2), ("steps", 3), ("steps", 4), ("steps", 8), ("powers", 2), ("powers", 3), ("powers", 4), ("table", 3), ("table", 4), ("table", 8), ("binary", 1), ("binary", 2), ("binary", 3) })
            {
                foreach (var group in new[] { 0, 7, 8, In })
                {
                    data.Add(kind, bits, group);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Codes_are_decoded_on_the_device(string kind, int bits, int groupSize)
    {
        var layer = Quantized(kind, bits, groupSize, rank: 0);

        Agrees(layer, rows: 2, dotRows: 8);
        Agrees(layer, rows: 17, dotRows: 0);
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(9, 0)]
    public void A_low_rank_term_stays_beside_the_codes(int rows, int dotRows)
    {
        Agrees(Quantized("steps", 4, 8, rank: 3), rows, dotRows);
        Agrees(Quantized("table", 4, 0, rank: 1), rows, dotRows, DeviceActivation.Relu);
    }

    [Theory]
    [InlineData(1, 8, 19)]
    [InlineData(3, 8, 24)]
    [InlineData(17, 0, 19)]
    [InlineData(18, 0, 40)]
    [InlineData(1, 0, 1)]
    public void Floats_in_rows_and_squares(int rows, int dotRows, int inFeatures)
    {
        var random = new Random(inFeatures);
        foreach (var outputs in new[] { 1, Out, 16, 18 })
        {
            var layer = new FoldedLinear("Subject", inFeatures, outputs, Values.Uniform(random, outputs * inFeatures), outputs == 16 ? [] : Values.Uniform(random, outputs));
            Agrees(layer, rows, dotRows);
        }
    }

    [Theory]
    [InlineData(DeviceActivation.Relu)]
    [InlineData(DeviceActivation.Gelu)]
    [InlineData(DeviceActivation.GeluTanh)]
    [InlineData(DeviceActivation.Sigmoid)]
    [InlineData(DeviceActivation.Tanh)]
    public void A_function_is_applied_before_the_outputs_are_stored(DeviceActivation activation)
    {
        var random = new Random(3);
        var layer = new FoldedLinear("Subject", In, Out, Values.Uniform(random, Out * In), Values.Uniform(random, Out));

        Agrees(layer, 3, 8, activation);
        Agrees(layer, 5, 0, activation);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Inputs_in_codes_are_shifted_and_added(int bits)
    {
        var grid = new ActivationGrid("Subject", new ActivationFormat("Uniform", 8, Signed: true), 0.01f, 3);
        foreach (var group in new[] { 0, 8 })
        {
            var layer = new FoldedQuantizedLinear("Subject", Quantized("powers", bits, group, 0).Quantized!, Values.Uniform(new Random(1), Out)) { Activation = grid };
            Agrees(layer, rows: 3, dotRows: 8);
            Agrees(layer, rows: 5, dotRows: 0);
        }
    }

    [Fact]
    public void Sparse_rows_with_an_empty_one()
    {
        var random = new Random(5);
        var weight = Values.Uniform(random, Out * In).Select((value, place) => place / In == 4 || value < 0.6f ? 0 : value).ToArray();
        var layer = Assert.IsType<FoldedSparseLinear>(FoldedSparseLinear.Smaller(new FoldedLinear("Subject", In, Out, weight, Values.Uniform(random, Out))));

        Agrees(layer, rows: 3, dotRows: 8, DeviceActivation.Relu);
    }

    [Fact]
    public void Half_precision_is_off_by_the_rounding_of_the_weights_only()
    {
        var random = new Random(7);
        var (weight, x) = (Values.Uniform(random, Out * In), Values.Uniform(random, 3 * In));
        var layer = new FoldedLinear("Subject", In, Out, weight, []);
        var rounded = new FoldedLinear("Subject", In, Out, [.. weight.Select(value => (float)(Half)value)], []);
        using var onDevice = new DeviceLinear(device.Kernels, layer, new LaunchConfiguration(64, 32, 8), DeviceActivation.None, WeightPrecision.Half);

        var y = device.Run(x, 3 * Out, (from, to) => onDevice.Forward(device.Stream, from, to, 3));

        Within(Forward(rounded, x, 3), y, Terms(rounded, x, 3));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void An_input_that_cannot_be_rounded_is_noted(float value)
    {
        var grid = new ActivationGrid("Subject", new ActivationFormat("Uniform", 8, Signed: true), 0.01f, 0);
        var layer = new FoldedQuantizedLinear("Subject", Quantized("steps", 4, 8, 0).Quantized!, []) { Activation = grid };
        using var onDevice = new DeviceLinear(device.Kernels, layer, new LaunchConfiguration(64, 32, 8), DeviceActivation.None, WeightPrecision.Single);
        var x = new float[In];
        x[5] = value;

        device.Run(x, Out, (from, to) => onDevice.Forward(device.Stream, from, to, 1));

        var status = Assert.Single(onDevice.Statuses);
        var error = Assert.IsType<NonFiniteActivationException>(status.Take(device.Stream));
        Assert.Contains("5", error.Message, StringComparison.Ordinal);
        Assert.Null(status.Take(device.Stream));
    }

    private void Agrees(FoldedLinear layer, int rows, int dotRows, DeviceActivation activation = DeviceActivation.None)
    {
        var x = Values.Uniform(new Random(rows), rows * layer.InFeatures);
        using var onDevice = new DeviceLinear(device.Kernels, layer, new LaunchConfiguration(64, 32, dotRows), activation, WeightPrecision.Single);

        var y = device.Run(x, rows * layer.OutFeatures, (from, to) => onDevice.Forward(device.Stream, from, to, rows));

        var expected = Forward(layer, x, rows);
        Apply(activation, expected);
        Within(expected, y, Terms(layer, x, rows), activation == DeviceActivation.None ? 0 : 1e-6);
    }

    private static float[] Forward(FoldedLinear layer, float[] x, int rows)
    {
        var y = new float[rows * layer.OutFeatures];
        layer.Forward(x, y, rows);
        return y;
    }

    /// <summary>Each side rounds every product and sum once, a decoded weight twice, and a term beside it as often: (n + 8) · u · Σ|terms| each. GELU has an error of its own.</summary>
    private static void Within(float[] expected, float[] actual, double[] terms, double own = 0)
    {
        for (var k = 0; k < expected.Length; k++)
        {
            Values.Close(expected[k], actual[k], (2 * (48 + 8) * UnitRoundoff * terms[k]) + own, $"value {k}");
        }
    }

    private static double[] Terms(FoldedLinear layer, float[] x, int rows)
    {
        var weight = layer.Weight.ToArray();
        var (n, m) = (layer.InFeatures, layer.OutFeatures);
        var low = layer.Quantized is { Format.Rank: > 0 } q ? q : null;
        return [.. Enumerable.Range(0, rows * m).Select(k =>
        {
            var (row, output) = (k / m, k % m);
            var sum = layer.HasBias ? Math.Abs((double)layer.Bias[output]) : 0;
            for (var i = 0; i < n; i++)
            {
                var branch = low is null ? 0 : Enumerable.Range(0, low.Format.Rank).Sum(r => Math.Abs((double)low.Down[(r * n) + i] * low.Up[(output * low.Format.Rank) + r] * low.Format.BranchScale));
                sum += (1.3 + Math.Abs(x[(row * n) + i])) * (Math.Abs(weight[(output * n) + i]) + branch);
            }

            return sum;
        })];
    }

    private static void Apply(DeviceActivation activation, float[] y)
    {
        switch (activation)
        {
            case DeviceActivation.Relu:
                Activations.Relu(y, y);
                break;
            case DeviceActivation.Gelu:
                Activations.Gelu(y, y);
                break;
            case DeviceActivation.GeluTanh:
                Activations.GeluTanh(y, y);
                break;
            case DeviceActivation.Sigmoid:
                Activations.Sigmoid(y, y);
                break;
            case DeviceActivation.Tanh:
                Activations.Tanh(y, y);
                break;
        }
    }

    private static FoldedQuantizedLinear Quantized(string kind, int bits, int groupSize, int rank)
    {
        var random = new Random((bits * 100) + groupSize);
        var count = 1 << bits;
        var levels = kind switch
        {
            "steps" => QuantizedFormat.Steps(-(count / 2), count),
            "powers" => EquatableList.Create<float>([.. Enumerable.Range(0, count).Select(code => MathF.ScaleB(code < count / 2 ? 1 : -1, -(code % (count / 2))))]),
            "table" => EquatableList.Create<float>([.. Enumerable.Range(0, count).Select(code => MathF.Sin(code))]),
            _ => EquatableList.Create<float>([]),
        };
        var format = new QuantizedFormat(kind, bits, groupSize, HasZeroPoints: kind == "steps" && groupSize == 7, levels, rank, 0.5f, kind == "binary" ? bits : 0);
        var codes = PackedCodes.Pack("Subject", [.. Enumerable.Range(0, In * Out).Select(_ => (byte)random.Next(count))], Out, In, bits);
        var scales = format.ScaleCount(Out, In);
        var weight = new QuantizedWeight(
            "Subject",
            format,
            codes,
            Values.Uniform(random, scales),
            format.HasZeroPoints ? [.. Values.Uniform(random, scales).Select(zero => MathF.Round(3 * zero))] : [],
            Values.Uniform(random, rank * In),
            Values.Uniform(random, rank * Out));
        return new FoldedQuantizedLinear("Subject", weight, Values.Uniform(random, Out));
    }
}
