using LayerDsl.Tests.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Quantized layers against plain C# that knows grids as lists of levels, and against TorchSharp's tape.</summary>
public sealed class QuantizationTests
{
    private const int In = 12;
    private const int Out = 5;

    /// <summary>A layer, how many weights share a scale, and the nearest level to a weight for the weights that share one.</summary>
    private sealed record Case(Func<Layer> Make, int Shared, Func<double[], double[]> Round);

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["uniform 8"] = new(() => new Quantized.Uniform8(), In, w => Symmetric(w, 8)),
        ["uniform 4 per tensor"] = new(() => new Quantized.Uniform4Tensor(), In * Out, w => Symmetric(w, 4)),
        ["uniform 3 per group"] = new(() => new Quantized.Uniform3Group(), 4, w => Symmetric(w, 3)),
        ["asymmetric 2"] = new(() => new Quantized.Asymmetric2(), In, w => Asymmetric(w, 2)),
        ["asymmetric 5 per group"] = new(() => new Quantized.Asymmetric5Group(), 6, w => Asymmetric(w, 5)),
        ["signs"] = new(() => new Quantized.Signs(), In, w => [.. w.Select(x => (x >= 0 ? 1 : -1) * w.Average(Math.Abs))]),
        ["log2 4"] = new(() => new Quantized.Log4(), In, w => Logarithmic(w, 4, 2)),
        ["log2 3 per group"] = new(() => new Quantized.Log3Group(), 3, w => Logarithmic(w, 3, 2)),
        ["log √2 4"] = new(() => new Quantized.LogSqrt4(), In, w => Logarithmic(w, 4, Math.Sqrt(2))),
        ["StatsQ 2"] = new(() => new Quantized.StatsQ2(), In, w => HalfSteps(w, 2)),
        ["StatsQ 4 per group"] = new(() => new Quantized.StatsQ4Group(), 4, w => HalfSteps(w, 4)),
        ["NF4"] = new(() => new Quantized.NormalFloat(), In, NormalFloat),
        ["NF4 per group"] = new(() => new Quantized.NormalFloatGroup(), 6, NormalFloat),
        ["E2M1"] = new(() => new Quantized.Float4(), In, w => Floating(w, 2, 1, 1, double.PositiveInfinity)),
        ["E3M0 per group"] = new(() => new Quantized.Float4Powers(), 4, w => Floating(w, 3, 0, 3, double.PositiveInfinity)),
        ["E4M3"] = new(() => new Quantized.Float8(), In, w => Floating(w, 4, 3, 7, 448)),
        ["APoT 2 per tensor"] = new(() => new Quantized.Apot2Tensor(), In * Out, w => Additive(w, [0, 1])),
        ["APoT 3"] = new(() => new Quantized.Apot3(), In, w => Additive(w, [0, 0.25, 0.5, 1])),
        ["APoT 4 per group"] = new(() => new Quantized.Apot4Group(), 6, w => Additive(w, [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1])),
        ["APoT 5"] = new(() => new Quantized.Apot5(), In, w => Additive(w, TwoTerms)),
        ["binary 1"] = new(() => new Quantized.Binary1(), In, w => PlainBinary.Round(w, 1)),
        ["binary 2 powers per tensor"] = new(() => new Quantized.Binary2Powers(), In * Out, w => PlainBinary.Round(w, 2, terms: 1)),
        ["binary 2 per group"] = new(() => new Quantized.Binary2Group(), 6, w => PlainBinary.Round(w, 2)),
        ["binary 3 sums"] = new(() => new Quantized.Binary3Sums(), In, w => PlainBinary.Round(w, 3, terms: 3)),
        ["E5M2 per tensor"] = new(() => new Quantized.Float8Wide(), In * Out, w => Floating(w, 5, 2, 15, 57344)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>The reference works in double; float32 weights, scales and products differ from it by a few 1e-7 of the largest weight.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_weight_is_rounded_to_the_nearest_level(string name)
    {
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var (layer, weight) = Made(name, seed);
            var expected = Expected(name, weight);
            var actual = Numbers(Folded(layer));
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6 * weight.Max(Math.Abs)));
        }
    }

    /// <summary>Straight through: the gradients of a plain layer with the rounded weight. Float64, so that 1e-12 relative leaves room for the order of sums.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_pass_straight_through(string name)
    {
        var (layer, _) = Made(name, 3);
        layer.to(float64);
        var x = randn([4, In], float64, requires_grad: true);
        var y = layer.forward(x);
        var upstream = randn_like(y);
        (y * upstream).sum().backward();
        var parameters = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        Close(upstream.matmul(Folded(layer)), x.grad!);
        Close(upstream.t().matmul(x.detach()), parameters["weight"].grad!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_folded_layer_computes_the_same(string name)
    {
        var (layer, _) = Made(name, 5);
        var x = randn([3, In]);
        var y = layer.forward(x);
        Assert.True(allclose(y, layer.FoldTorch().call(x), rtol: 1e-5, atol: 1e-6));
        var bound = layer.RoundingBound(x.abs().to_type(float64), zeros_like(x, float64));
        var folded = new float[3 * Out];
        ((FoldedLinear)layer.Fold()).Forward(Numbers(x).Select(value => (float)value).ToArray(), folded, 3);
        Assert.All(Numbers(y).Zip(folded).Zip(Numbers(bound)), item => Assert.InRange(Math.Abs(item.First.First - item.First.Second), 0, item.Second));
        Assert.True(bound.max().item<double>() < 1e-4, "the bound says nothing");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_of_zeros_stays_zero_and_ties_of_equal_weights_are_broken_the_same_way(string name)
    {
        var (layer, _) = Made(name, 1);
        layer.LoadWeight(zeros(Out, In));
        Assert.All(Numbers(Folded(layer)), value => Assert.Equal(0, value));
        Assert.All(Numbers(Folded(layer)), value => Assert.False(double.IsNegative(value) && double.IsNaN(value)));
        layer.LoadWeight(full(Out, In, 0.3));
        Assert.Single(Numbers(Folded(layer)).Distinct());
        layer.LoadWeight(full(Out, In, 1e-42));
        Assert.All(Numbers(Folded(layer)), value => Assert.InRange(value, -1e-37, 1e-37));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_that_are_no_numbers_are_refused_at_the_fold(string name)
    {
        foreach (var value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var (layer, _) = Made(name, 1);
            using (no_grad())
            {
                layer.named_parameters().First(pair => pair.name == "weight").parameter[1, 2] = value;
            }

            Assert.Throws<NonFiniteWeightException>(layer.Fold);
            Assert.Throws<NonFiniteWeightException>(() => layer.FoldTorch());
        }
    }

    public static TheoryData<string> Learned => ["channel", "tensor", "group"];

    /// <summary>LSQ as its paper writes it, with TorchSharp's tape through detached differences.</summary>
    [Theory]
    [MemberData(nameof(Learned))]
    public void Learned_steps_have_the_gradients_of_the_paper(string granularity)
    {
        Layer layer = granularity switch { "channel" => new Quantized.Lsq4(), "tensor" => new Quantized.Lsq3Tensor(), _ => new Quantized.Lsq2Group() };
        var (bits, shared) = granularity switch { "channel" => (4, In), "tensor" => (3, In * Out), _ => (2, 4) };
        layer.to(float64);
        var parameters = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        var weight = parameters["weight"].detach().clone().requires_grad_(true);
        var step = (parameters["scale"].detach() * 0.3).requires_grad_(true); // Smaller steps put some weights outside of the range.
        using (no_grad())
        {
            parameters["scale"].copy_(step);
        }

        var x = randn([4, In], float64);
        var y = layer.forward(x);
        var upstream = randn_like(y);
        (y * upstream).sum().backward();

        var (low, high) = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
        var factor = 1 / Math.Sqrt((double)shared * high);
        var scaled = (step * factor) + (step - (step * factor)).detach();
        var ratio = weight.reshape(-1, shared) / scaled.reshape(-1, 1);
        var clipped = ratio.clamp(low, high);
        var rounded = clipped + (clipped.round() - clipped).detach();
        var expected = x.matmul((rounded * scaled.reshape(-1, 1)).reshape(Out, In).t()) + parameters["bias"].detach();
        (expected * upstream).sum().backward();
        Assert.True(((clipped - ratio).abs() > 0).any().item<bool>(), "no weight is clipped");
        Close(expected, y);
        Close(weight.grad!, parameters["weight"].grad!);
        Close(step.grad!, parameters["scale"].grad!);
    }

    [Fact]
    public void Learned_steps_start_at_twice_the_mean_over_the_root_of_the_largest_code()
    {
        var layer = new Quantized.Lsq2Group();
        var weight = randn(Out, In);
        layer.LoadWeight(weight);
        var expected = weight.abs().reshape(Out, 3, 4).mean([2]) * 2;
        Assert.True(allclose(expected, layer.named_parameters().First(pair => pair.name == "scale").parameter, rtol: 1e-5));
    }

    /// <summary>As the APoT paper writes it, with TorchSharp's tape; α small enough that a third of the weights is clipped.</summary>
    [Fact]
    public void Learned_clips_have_the_gradients_of_the_paper()
    {
        var layer = new Quantized.Apot5();
        layer.to(float64);
        var parameters = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        var weight = parameters["weight"].detach().clone().requires_grad_(true);
        Assert.All(Numbers(parameters["alpha"]), value => Assert.Equal(3, value));
        var alpha = full([Out], 1.0, float64).requires_grad_(true);
        using (no_grad())
        {
            parameters["alpha"].copy_(alpha);
        }

        var x = randn([4, In], float64);
        var y = layer.forward(x);
        var upstream = randn_like(y);
        (y * upstream).sum().backward();

        var scale = (alpha * weight.square().mean([1]).sqrt().detach()).unsqueeze(1);
        var clipped = (weight / scale).clamp(-1, 1);
        var levels = tensor([.. TwoTerms.Concat(TwoTerms.Skip(1).Select(level => -level))], dtype: float64);
        var nearest = levels.index_select(0, (clipped.unsqueeze(2) - levels).abs().argmin(2).flatten()).view(Out, In);
        var expected = x.matmul(((clipped + (nearest - clipped).detach()) * scale).t()) + parameters["bias"].detach();
        (expected * upstream).sum().backward();
        Assert.True((clipped.abs() == 1).any().item<bool>(), "no weight is clipped");
        Close(expected, y);
        Close(weight.grad!, parameters["weight"].grad!);
        Close(alpha.grad!, parameters["alpha"].grad!);
    }

    [Fact]
    public void An_adapter_under_the_rounding_is_merged_and_rounded_with_it()
    {
        var layer = new Quantized.MergedThenRounded();
        var parameters = Disturbed(layer);
        var merged = parameters["weight"] + parameters["lora_B"].matmul(parameters["lora_A"]);
        Assert.All(Rows(Numbers(merged.detach()), In, w => Symmetric(w, 4)).Zip(Numbers(Folded(layer))), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Same(layer);
    }

    [Fact]
    public void An_adapter_over_the_rounding_stays_unrounded()
    {
        var layer = new Quantized.RoundedPlusBranch();
        var parameters = Disturbed(layer);
        var rounded = tensor(Rows(Numbers(parameters["weight"]), 4, NormalFloat)).reshape(Out, In);
        var expected = rounded + (2 * parameters["lora_B"].matmul(parameters["lora_A"])).detach().to_type(float64);
        Assert.True(allclose(expected, Folded(layer).to_type(float64), rtol: 1e-5, atol: 1e-6));
        Same(layer);
    }

    [Fact]
    public void Binary_planes_are_fitted_to_the_weight_so_far_and_combine_with_what_follows()
    {
        Same(new Quantized.BinaryInTheMiddle());
        var layer = new Quantized.BinaryPlusBranch();
        var parameters = Disturbed(layer);
        var rounded = tensor(Rows(Numbers(parameters["weight"]), 4, w => PlainBinary.Round(w, 2))).reshape(Out, In);
        var expected = rounded + (2 * parameters["lora_B"].matmul(parameters["lora_A"])).detach().to_type(float64);
        Assert.True(allclose(expected, Folded(layer).to_type(float64), rtol: 1e-5, atol: 1e-6));
        Same(layer);
        var folded = Assert.IsType<FoldedQuantizedLinear>(layer.Fold());
        Assert.Equal((2, 2, 30), (folded.Quantized!.Format.Planes, folded.Quantized.Codes.Bits, folded.Quantized.Scales.Length));
    }

    [Fact]
    public void A_companded_weight_is_rounded_and_a_rounded_weight_companded()
    {
        Same(new Quantized.CompandedThenRounded());
        Same(new Quantized.RoundedThenCompanded());
    }

    [Fact]
    public void A_masked_weight_is_rounded_and_a_rounded_weight_masked()
    {
        var masked = new Quantized.MaskedThenRounded();
        Same(masked);
        var mask = masked.named_buffers().First(pair => pair.name == "mask").buffer.amax([0]);
        Assert.All(Numbers(mask).Zip(Numbers(Folded(masked))), pair => Assert.True(pair.First == 1 || pair.Second == 0));
        Assert.NotNull(((FoldedLinear)masked.Fold()).Quantized);
        Same(new Quantized.RoundedThenMasked());
        Same(new Quantized.FactorizedThenRounded());
    }

    private static Dictionary<string, Tensor> Disturbed(Layer layer)
    {
        using var noGradient = no_grad();
        foreach (var (_, parameter) in layer.named_parameters())
        {
            parameter.add_(0.1 * randn_like(parameter));
        }

        return layer.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter);
    }

    private static void Same(Layer layer)
    {
        Disturbed(layer);
        var x = randn([3, In]);
        Assert.True(allclose(layer.forward(x), layer.FoldTorch().call(x), rtol: 1e-5, atol: 1e-5));
    }

    private static (Layer Layer, double[] Weight) Made(string name, int seed)
    {
        random.manual_seed(seed);
        var layer = Cases[name].Make();
        var weight = randn(Out, In);
        layer.LoadWeight(weight);
        return (layer, Numbers(weight));
    }

    private static double[] Expected(string name, double[] weight) => Rows(weight, Cases[name].Shared, Cases[name].Round);

    private static double[] Rows(double[] weight, int shared, Func<double[], double[]> round) => [.. weight.Chunk(shared).SelectMany(round)];

    private static Tensor Folded(Layer layer) => ((TorchSharp.Modules.Linear)layer.FoldTorch()).weight!.detach();

    private static double[] Numbers(Tensor tensor) => tensor.detach().to_type(float64).reshape(-1).data<double>().ToArray();

    private static void Close(Tensor expected, Tensor actual) =>
        Assert.True(allclose(expected, actual, rtol: 1e-10, atol: 1e-12), $"expected {expected.ToString(TorchSharp.TensorStringStyle.Default)}, found {actual.ToString(TorchSharp.TensorStringStyle.Default)}");

    private static double[] Nearest(double[] w, double scale, IEnumerable<double> levels)
    {
        var all = levels.ToArray();
        return [.. w.Select(x => scale * all.MinBy(level => Math.Abs((x / scale) - level)))];
    }

    private static double[] Symmetric(double[] w, int bits) =>
        Nearest(w, w.Max(Math.Abs) / ((1 << (bits - 1)) - 1), Enumerable.Range(-(1 << (bits - 1)), 1 << bits).Select(k => (double)k));

    private static double[] Asymmetric(double[] w, int bits)
    {
        var (low, high) = (Math.Min(w.Min(), 0), Math.Max(w.Max(), 0));
        var scale = (high - low) / ((1 << bits) - 1);
        var zero = Math.Round(-low / scale);
        return Nearest(w, scale, Enumerable.Range(0, 1 << bits).Select(k => k - zero));
    }

    /// <summary>The nearest level on a logarithmic ruler.</summary>
    private static double[] Logarithmic(double[] w, int bits, double radix)
    {
        var scale = w.Max(Math.Abs);
        var levels = Enumerable.Range(0, 1 << (bits - 1)).Select(k => Math.Pow(radix, -k)).ToArray();
        return [.. w.Select(x => Math.Sign(x) * scale * levels.MinBy(level => Math.Abs(Math.Log(Math.Abs(x) / scale / level))))];
    }

    private static double[] HalfSteps(double[] w, int bits)
    {
        var n = 1 << (bits - 1);
        return Nearest(w, 2 * w.Average(Math.Abs), Enumerable.Range(-n, 2 * n).Select(k => (k + 0.5) / n));
    }

    private static double[] NormalFloat(double[] w) => Nearest(w, w.Max(Math.Abs),
    [
        -1, -0.69619280, -0.52507305, -0.39491749, -0.28444138, -0.18477343, -0.09105004, 0, 0.07958030, 0.16093020, 0.24611230, 0.33791524, 0.44070983, 0.56261700, 0.72295684, 1,
    ]);

    /// <summary>Sums of one of {0, ½, ⅛, 1/32} and one of {0, ¼, 1/16, 1/64}, the largest being 1: four bits of APoT magnitudes.</summary>
    private static double[] TwoTerms => [.. new[] { 0, 0.5, 0.125, 0.03125 }.SelectMany(a => new[] { 0, 0.25, 0.0625, 0.015625 }.Select(b => (a + b) / 0.75)).Order()];

    private static double[] Additive(double[] w, double[] magnitudes) =>
        Nearest(w, 3 * Math.Sqrt(w.Average(x => x * x)), magnitudes.Concat(magnitudes.Skip(1).Select(level => -level)));

    /// <summary>All values of a small floating-point format, up to a largest one, with both signs.</summary>
    private static double[] Floating(double[] w, int exponentBits, int mantissaBits, int bias, double largest)
    {
        var positive =
            from e in Enumerable.Range(0, 1 << exponentBits)
            from m in Enumerable.Range(0, 1 << mantissaBits)
            let fraction = m / (double)(1 << mantissaBits)
            select e == 0 ? Math.Pow(2, 1 - bias) * fraction : Math.Pow(2, e - bias) * (1 + fraction);
        var values = positive.Where(value => value <= largest).ToArray();
        return Nearest(w, w.Max(Math.Abs) / values.Max(), values.Concat(values.Select(value => -value)));
    }
}
