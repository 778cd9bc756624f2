using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

public sealed class StochasticRoundingTests
{
    private const int In = 12;
    private const int Rounds = 2000;

    private static readonly Dictionary<string, Func<Layer>> Layers = new()
    {
        ["uniform"] = () => new Quantized.UniformAtRandom(),
        ["asymmetric"] = () => new Quantized.AsymmetricAtRandom(),
        ["StatsQ"] = () => new Quantized.StatsQAtRandom(),
        ["LSQ"] = () => new Quantized.LsqAtRandom(),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    public static TheoryData<string> Unclipped => ["uniform", "asymmetric"];

    /// <summary>Of weights that lie inside of the grid: a zero point that is rounded moves its ends, and what lies beyond is clipped. The mean of independent roundings lies within five standard errors of the weight: once in a million times it would not by chance.</summary>
    [Theory]
    [MemberData(nameof(Unclipped))]
    public void On_average_the_rounded_weight_is_the_weight(string name)
    {
        var layer = Made(name);
        layer.train();
        var weight = layer.named_parameters().First(pair => pair.name == "weight").parameter.detach();
        using var noGradient = no_grad();
        Tensor[] passes = [.. Enumerable.Range(0, Rounds).Select(_ => layer.forward(eye(In)).t())];
        var drawn = stack(passes);
        GC.KeepAlive(passes); // TorchSharp hands over bare handles: without this a collection could free the tensors meanwhile.
        var error = drawn.mean([0]) - weight;
        var standardError = drawn.std(0) / Math.Sqrt(Rounds);
        var inside = Inside(weight, ((FoldedLinear)layer.Fold()).Quantized!);
        Assert.True(inside.sum().item<long>() > 40, "most weights are clipped");
        Assert.True(((error.abs() <= (5 * standardError) + 1e-6) | ~inside).all().item<bool>(), $"errors up to {(error.abs() * inside).max().item<float>()}");
        Assert.True((standardError > 0).any().item<bool>(), "nothing is random");

        // Between the two neighbouring levels only.
        Assert.True((drawn.amax([0]) - drawn.amin([0]) <= (drawn - weight).abs().amax([0]) * 2 + 1e-6).all().item<bool>());
        Assert.InRange(drawn.select(1, 0).select(1, 0).unique().output.numel(), 1, 2);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Eval_and_fold_round_to_the_nearest(string name)
    {
        var layer = Made(name);
        var x = randn([3, In]);
        layer.eval();
        var y = layer.forward(x);
        Assert.True(allclose(y, layer.forward(x), rtol: 0, atol: 0));
        Assert.True(allclose(y, layer.FoldTorch().call(x), rtol: 1e-5, atol: 1e-5));
        layer.train();
        Assert.False(allclose(y, layer.forward(x)));
        Assert.Contains("rounded to the nearest", string.Join("; ", layer.GetCertificate().SideConditions), StringComparison.Ordinal);
    }

    [Fact]
    public void In_eval_the_layer_is_that_of_the_other_rounding()
    {
        var (random, nearest) = (new Quantized.UniformAtRandom(), new Quantized.UniformNearest());
        var weight = randn(5, In);
        random.LoadWeight(weight);
        nearest.LoadWeight(weight);
        random.eval();
        var x = randn([3, In]);
        Assert.True(allclose(nearest.forward(x), random.forward(x), rtol: 0, atol: 0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_seed_of_the_generator_repeats_a_pass(string name)
    {
        var layer = Made(name);
        var x = randn([3, In]);
        Tensor Run(long seed)
        {
            random.manual_seed(seed);
            return layer.forward(x);
        }

        Assert.True(allclose(Run(3), Run(3), rtol: 0, atol: 0));
        Assert.False(allclose(Run(3), Run(4)));
    }

    /// <summary>The gradient for the input is that of the weight that the same pass has drawn.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_backward_pass_uses_the_weight_of_its_forward_pass(string name)
    {
        var layer = Made(name);
        var x = eye(In, requires_grad: true);
        var y = layer.forward(x);
        var upstream = randn_like(y);
        (y * upstream).sum().backward();
        Assert.True(allclose(upstream.matmul(y.detach().t()), x.grad!, rtol: 1e-5, atol: 1e-6));
    }

    /// <summary>Where weights lie between the first and the last level.</summary>
    private static Tensor Inside(Tensor weight, QuantizedWeight quantized)
    {
        var scales = tensor(quantized.Scales.ToArray()).view(5, -1, 1);
        var zeros = quantized.Zeros.IsEmpty ? zeros_like(scales) : tensor(quantized.Zeros.ToArray()).view(5, -1, 1);
        var groups = weight.view(5, scales.shape[1], -1);
        var (first, last) = (quantized.Format.Levels[0], quantized.Format.Levels[^1]);
        return ((groups >= (scales * (first - zeros)) - 1e-6) & (groups <= (scales * (last - zeros)) + 1e-6)).view(5, In);
    }

    private static Layer Made(string name)
    {
        random.manual_seed(7);
        var layer = Layers[name]();
        using (no_grad())
        {
            foreach (var (_, parameter) in layer.named_parameters())
            {
                parameter.add_(0.1 * randn_like(parameter));
            }
        }

        return layer;
    }
}
