using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Layers with rounded inputs against plain C# loops, and their folded halves against both.</summary>
public sealed class ActivationTests
{
    private const int In = 12;
    private const int Out = 5;

    /// <summary>Linear layers by name.</summary>
    private static readonly Dictionary<string, Func<Layer>> Linears = new()
    {
        ["uniform 8"] = () => new Activated.Uniform8(),
        ["signed 4"] = () => new Activated.Signed4(),
        ["groups"] = () => new Activated.Groups(),
        ["one bit"] = () => new Activated.OneBit(),
        ["shifts"] = () => new Activated.Shifted(),
        ["far shifts"] = () => new Activated.ShiftedFar(),
        ["E5M2"] = () => new Activated.Float8(),
        ["half steps"] = () => new Activated.HalfSteps(),
        ["shifts by parity"] = () => new Activated.ShiftedByParity(),
        ["LogSqrt2 of 6 bits"] = () => new Activated.ShiftedFarByParity(),
        ["NF4"] = () => new Activated.NormalFloat(),
        ["LSQ"] = () => new Activated.Lsq(),
        ["signed LSQ"] = () => new Activated.LsqSigned(),
        ["PACT"] = () => new Activated.Pact(),
        ["DoReFa"] = () => new Activated.DoReFa(),
        ["planes"] = () => new Activated.Planes(),
        ["additive powers"] = () => new Activated.AdditivePowers(),
        ["stochastic"] = () => new Activated.Stochastic(),
        ["merged, rounded"] = () => new Activated.MergedThenRounded(),
        ["rounded, branch"] = () => new Activated.RoundedPlusBranch(),
        ["companded, rounded"] = () => new Activated.CompandedThenRounded(),
        ["rounded, companded"] = () => new Activated.RoundedThenCompanded(),
        ["masked, rounded"] = () => new Activated.MaskedThenRounded(),
        ["rounded, masked"] = () => new Activated.RoundedThenMasked(),
    };

    /// <summary>Those whose weight stands for whole numbers.</summary>
    private static readonly string[] InFloats = ["NF4", "LogSqrt2 of 6 bits", "planes", "additive powers", "rounded, companded", "rounded, masked"];

    public static TheoryData<string> Names => [.. Linears.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_output_is_that_of_the_rounded_input_and_the_rounded_weight(string name)
    {
        foreach (var seed in Enumerable.Range(0, 5))
        {
            var layer = Calibrated(name, seed);
            var x = randn(7, In);
            var weight = Weight(layer);
            var bias = layer.named_parameters().FirstOrDefault(pair => pair.name == "bias").parameter;
            var y = Numbers(layer.forward(x));
            var rounded = Numbers(x).Select(value => Rounded(layer, value)).ToArray();
            for (var k = 0; k < y.Length; k++)
            {
                var (row, o) = (k / Out, k % Out);
                var expected = Enumerable.Range(0, In).Sum(i => rounded[(row * In) + i] * weight[(o * In) + i]) + (bias is null ? 0 : Numbers(bias)[o]);

                // Sums of 12 products of float32 of order 1.
                Assert.Equal(expected, y[k], 2e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_folded_layer_computes_the_same_within_the_bound(string name)
    {
        foreach (var seed in Enumerable.Range(0, 5))
        {
            var layer = Calibrated(name, seed);
            var x = randn(7, In) * 2; // Some values are clipped.
            var y = Numbers(layer.forward(x));
            var bound = Numbers(layer.RoundingBound(x.abs().to_type(float64), zeros_like(x, float64)));
            var folded = new float[7 * Out];
            var form = (FoldedLinear)layer.Fold();
            form.Forward([.. Numbers(x).Select(value => (float)value)], folded, 7);
            Assert.All(y.Zip(folded).Zip(bound), item => Assert.InRange(Math.Abs(item.First.First - item.First.Second), 0, item.Second));
            Assert.True(bound.Max() < 1e-3, "the bound says nothing");
            Assert.True(allclose(layer.forward(x), layer.FoldTorch().call(x), rtol: 1e-5, atol: 1e-5));
            Assert.True(allclose(layer.forward(x), layer.FoldLayer().forward(x), rtol: 1e-5, atol: 1e-5));
            Assert.Equal(!InFloats.Contains(name), form is FoldedQuantizedLinear { Integers: not null });
            Assert.Equal(layer.GetCertificate().FoldedBytes, name == "rounded, masked" ? layer.GetCertificate().FoldedBytes : form.ByteCount);
        }
    }

    /// <summary>Of the tie between two codes, of ±0, of subnormals, of what is clipped: training and fold agree on the code, bit by bit.</summary>
    [Theory]
    [InlineData("uniform 8")]
    [InlineData("signed 4")]
    [InlineData("LSQ")]
    [InlineData("signed LSQ")]
    [InlineData("PACT")]
    [InlineData("DoReFa")]
    [InlineData("one bit")]
    public void Training_and_fold_round_to_the_same_codes(string name)
    {
        var layer = Calibrated(name, 4);
        var grid = ((FoldedLinear)layer.Fold()).Activation!;
        var random = new Random(5);
        float[] values =
        [
            0, -0f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, float.MaxValue, float.MinValue,
            .. Enumerable.Range(-300, 600).SelectMany(k => new[] { grid.Scale * (k + 0.5f), grid.Scale * k, MathF.BitIncrement(grid.Scale * (k + 0.5f)) }),
            .. Enumerable.Range(0, 2000).Select(_ => (float)(random.NextDouble() - 0.5) * 20),
        ];
        var steps = new short[values.Length];
        grid.Encode("layer", values, steps);
        var rounded = TrainingValues(layer, values);
        for (var k = 0; k < values.Length; k++)
        {
            Assert.Equal(grid.Scale * steps[k], rounded[k]);
            Assert.Equal(grid.Encode(values[k]) - grid.ZeroPoint, steps[k]);
        }
    }

    [Fact]
    public void Integers_add_up_as_in_QLinearMatMul()
    {
        var layer = (Activated.Signed4)Calibrated("signed 4", 1);
        var folded = (FoldedLinear)layer.Fold();
        var (weight, grid) = (folded.Quantized!, folded.Activation!);
        var x = Numbers(randn(1, In)).Select(value => (float)value).ToArray();
        var y = new float[Out];
        folded.Forward(x, y, 1);
        var codes = new byte[In];
        for (var o = 0; o < Out; o++)
        {
            weight.Codes.Read(o, codes);
            var (zx, zw) = (grid.ZeroPoint, (int)weight.Zeros[o]);
            int[] qx = [.. x.Select(grid.Encode)];

            // The products, and what is corrected for: zero points times the sums of the other side's codes.
            var sum = qx.Zip(codes, (a, b) => a * b).Sum() - (zx * codes.Sum(code => code)) - (zw * qx.Sum()) + (In * zx * zw);
            Assert.Equal((float)(((double)grid.Scale * (weight.Scales[o] * (double)sum)) + folded.Bias[o]), y[o]);
        }
    }

    [Fact]
    public void A_layer_without_a_grid_passes_its_input_and_says_at_the_fold_how_to_calibrate()
    {
        random.manual_seed(1);
        var layer = new Activated.Uniform8();
        var x = randn(3, In);
        var expected = nn.functional.linear(x, Merged(layer), layer.named_parameters().First(pair => pair.name == "bias").parameter);
        Assert.True(allclose(expected, layer.forward(x), rtol: 1e-5, atol: 1e-6));
        foreach (var fold in new Action[] { () => layer.Fold(), () => layer.FoldTorch(), () => layer.FoldLayer() })
        {
            Assert.Contains("model.Calibrate(batches)", Assert.Throws<NotCalibratedException>(fold).Message, StringComparison.Ordinal);
        }

        layer.Calibrate([x]);
        layer.Fold();
    }

    [Fact]
    public void A_state_carries_the_grid()
    {
        var layer = Calibrated("signed LSQ", 2);
        var copy = new Activated.LsqSigned();
        copy.load_state_dict(layer.state_dict());
        Assert.Equal(((FoldedLinear)layer.Fold()).Activation, ((FoldedLinear)copy.Fold()).Activation);

        var calibrated = Calibrated("uniform 8", 2);
        var other = new Activated.Uniform8();
        other.load_state_dict(calibrated.state_dict());
        var x = randn(4, In);
        Assert.True(calibrated.forward(x).equal(other.forward(x)).all().item<bool>());
    }

    [Fact]
    public void Loading_a_weight_keeps_the_grid()
    {
        var layer = Calibrated("uniform 8", 3);
        var before = ((FoldedLinear)layer.Fold()).Activation;
        layer.LoadWeight(randn(Out, In));
        Assert.Equal(before, ((FoldedLinear)layer.Fold()).Activation);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_input_that_is_no_number_is_refused_by_the_folded_layer(float value)
    {
        foreach (var name in new[] { "uniform 8", "NF4", "rounded, companded" })
        {
            var folded = (FoldedLinear)Calibrated(name, 1).Fold();
            var x = new float[2 * In];
            x[17] = value;
            var y = Enumerable.Repeat(7f, 2 * Out).ToArray();
            Assert.Equal(17, Assert.Throws<NonFiniteActivationException>(() => folded.Forward(x, y, 2)).Index);
            Assert.All(y, untouched => Assert.Equal(7, untouched));
        }
    }

    [Fact]
    public void Weights_of_DoReFa_are_normalized_by_tanh()
    {
        random.manual_seed(6);
        var layer = new Activated.DoReFa();
        var weight = randn(Out, In);
        layer.LoadWeight(weight);
        var squashed = Numbers(weight).Select(Math.Tanh).ToArray();
        var largest = squashed.Max(Math.Abs);
        var expected = squashed.Select(t => (2 * Math.Round(3 * ((t / (2 * largest)) + 0.5)) / 3) - 1).ToArray();
        Assert.All(expected.Zip(Weight(layer)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        layer.LoadWeight(zeros(Out, In));
        Assert.All(Weight(layer), value => Assert.Equal(0, value));
    }

    internal static Layer Calibrated(string name, int seed) => Calibrated(Linears[name](), seed);

    internal static Layer Calibrated(Layer layer, int seed)
    {
        random.manual_seed(seed);
        using (no_grad())
        {
            foreach (var (parameter, value) in layer.named_parameters())
            {
                if (parameter is not ("input_scale" or "input_alpha" or "scale"))
                {
                    value.add_(0.2 * randn_like(value));
                }
            }
        }

        if (layer.GetActivationParameters()!.CanBeCalibrated)
        {
            layer.Calibrate([randn(64, In)]);
        }

        layer.eval(); // Training may round weights at random.
        return layer;
    }

    /// <summary>The rounded input as the plain formula of its scheme.</summary>
    private static double Rounded(Layer layer, double x)
    {
        var (format, scale, zero) = layer.GetActivationParameters()!;
        var (low, high) = format.Signed ? (-(1 << (format.Bits - 1)), (1 << (format.Bits - 1)) - 1) : (0, (1 << format.Bits) - 1);
        double Of(Tensor tensor) => tensor.to_type(float64).item<double>();
        switch (format.Scheme)
        {
            case "Pact":
                var alpha = Of(scale!);
                return Math.Round(Math.Clamp(x, 0, alpha) * high / alpha) * alpha / high;
            case "DoReFa":
                return Math.Round(high * Math.Clamp(x, 0, 1)) / high;
            case "Lsq":
                return Of(scale!) * Math.Round(Math.Clamp(x / Of(scale!), low, high));
            default:
                var z = zero is null ? 0 : Of(zero);
                return Of(scale!) * (Math.Clamp(Math.Round(x / Of(scale!)) + z, low, high) - z);
        }
    }

    /// <summary>The rounded inputs as the generated pass makes them: it is private, as the merged weight is.</summary>
    private static float[] TrainingValues(Layer layer, float[] values)
    {
        using var rounded = (Tensor)layer.GetType().GetMethod("Rounded", Private)!.Invoke(layer, [tensor(values)])!;
        return rounded.detach().data<float>().ToArray();
    }

    private const System.Reflection.BindingFlags Private = System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance;

    private static Tensor Merged(Layer layer) => (Tensor)layer.GetType().GetMethod("MergedWeight", Private)!.Invoke(layer, [])!;

    private static double[] Weight(Layer layer) => Numbers(Merged(layer));

    private static double[] Numbers(Tensor tensor) => tensor.detach().to_type(float64).reshape(-1).data<double>().ToArray();
}
