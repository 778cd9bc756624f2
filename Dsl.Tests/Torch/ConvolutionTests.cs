using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Generated convolutions against TorchSharp's own, differentiated by its tape.</summary>
public sealed class ConvolutionTests
{
    private sealed record Case(Func<Layer> Make, Conv2dGeometry Geometry, Func<IReadOnlyDictionary<string, Tensor>, Tensor> Weight);

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["plain"] = new(() => new PlainConvolution(), new(3, 5, 3), p => p["weight"]),
        ["strided"] = new(() => new StridedConvolution(), new(3, 5, 3, Stride: 2, Padding: 1), p => p["weight"]),
        ["grouped"] = new(() => new GroupedConvolution(), new(4, 6, 2, Stride: 3, Padding: 2, Dilation: 2, Groups: 2), p => p["weight"]),
        ["depthwise"] = new(() => new DepthwiseConvolution(), new(4, 8, 3, Padding: 1, Groups: 4), p => p["weight"]),
        ["companded"] = new(() => new CompandedConvolution(), new(3, 5, 3, Padding: 1), p => p["log_a"].exp() * (p["v"] / p["log_b"].exp()).atan()),
        ["low rank"] = new(() => new LowRankConvolution(), new(3, 5, 3, Stride: 2, Padding: 1, Dilation: 2), p => p["weight"] + (1.5 * Product(p))),
        ["grouped low rank"] = new(() => new GroupedLowRankConvolution(), new(4, 6, 3, Groups: 2), p => p["weight"] + Product(p)),
        ["companded sum"] = new(() => new CompandedSumConvolution(), new(3, 5, 3), p => p["log_a"].exp() * ((p["v"] + Product(p)) / p["log_b"].exp()).tanh()),
        ["sum of companded"] = new(() => new SumOfCompandedConvolution(), new(3, 5, 3), p => MuLaw(p) + Product(p)),
        ["one by one"] = new(() => new OneByOneConvolution(), new(1, 1, 1), p => p["weight"]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>Sizes at which the last window ends before the image does, and at which it does not.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_and_gradients_equal_those_of_the_tape(string name)
    {
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-9), (ScalarType.Float32, 2e-5) })
        {
            foreach (var (height, width) in new[] { (7, 8), (9, 6), (11, 13) })
            {
                var layer = Disturbed(name, type);
                var copies = References.Copies(layer);
                var x = randn([2, Cases[name].Geometry.InChannels, height, width], type, requires_grad: true);
                var xCopy = x.detach().clone().requires_grad_(true);
                var y = layer.forward(x);
                var expected = Reference(name, copies, xCopy);
                GradientTests.AssertClose(expected, y, tolerance, "output");

                var upstream = randn_like(y);
                (y * upstream).sum().backward();
                (expected * upstream).sum().backward();
                GradientTests.AssertClose(xCopy.grad!, x.grad!, tolerance, "x");
                foreach (var (parameterName, parameter) in layer.named_parameters())
                {
                    GradientTests.AssertClose(copies[parameterName].grad!, parameter.grad!, tolerance, parameterName, copies.Values.Max(copy => copy.grad!.abs().max().to_type(float64).item<double>()));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivatives_equal_those_of_the_tape(string name)
    {
        var layer = Disturbed(name, float64);
        var copies = References.Copies(layer);
        var x = randn([2, Cases[name].Geometry.InChannels, 7, 8], float64, requires_grad: true);
        var xCopy = x.detach().clone().requires_grad_(true);
        Penalty(layer.forward(x), x).backward();
        Penalty(Reference(name, copies, xCopy), xCopy).backward();
        foreach (var (parameterName, parameter) in layer.named_parameters().Where(pair => pair.name != "bias"))
        {
            GradientTests.AssertClose(copies[parameterName].grad!, parameter.grad!, 1e-9, parameterName);
        }

        static Tensor Penalty(Tensor y, Tensor x) => autograd.grad([(y * y).sum()], [x], retain_graph: true, create_graph: true)[0].square().sum();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_keeps_the_output_within_the_bound(string name)
    {
        var layer = Disturbed(name, float32);
        var x = randn(5, Cases[name].Geometry.InChannels, 12, 9) * 3;
        var training = layer.forward(x).detach();
        var bound = layer.RoundingBound(x.to_type(float64).abs(), zeros_like(x, float64));
        var folded = (FoldedConv2d)layer.Fold();
        var y = new float[training.numel()];

        folded.Forward(x.data<float>().ToArray(), y, 5, 12, 9);

        Assert.Equal(Cases[name].Geometry, folded.Geometry);
        AssertWithin(bound, training, tensor(y, training.shape));
        AssertWithin(bound, training, layer.FoldTorch().forward(x).detach());
        AssertWithin(bound, training, layer.FoldLayer().forward(x).detach());
        Assert.Equal(training.shape, bound.shape);
        Assert.True(bound.max().item<double>() < 1e-2, "the bound says something");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Loading_a_weight_makes_it_the_effective_weight(string name)
    {
        var layer = Cases[name].Make();
        var g = Cases[name].Geometry;
        var weight = (rand(g.OutChannels, g.InChannels / g.Groups, g.KernelSize, g.KernelSize) - 0.5) * 0.7;

        layer.LoadWeight(weight);

        var folded = (FoldedConv2d)layer.Fold();
        Assert.All(folded.Weight.ToArray().Zip(weight.data<float>().ToArray()), pair => Assert.Equal(pair.Second, pair.First, 2e-6f));
    }

    [Fact]
    public void A_new_convolution_starts_like_that_of_TorchSharp()
    {
        manual_seed(3);
        var folded = (FoldedConv2d)new PlainConvolution().Fold();
        var limit = 1 / MathF.Sqrt(27);
        Assert.All(folded.Weight.ToArray(), value => Assert.InRange(value, -limit, limit));
        Assert.True(folded.Weight.ToArray().Max() > 0.8f * limit);
        Assert.Equal(nn.Conv2d(3, 5, 3).state_dict().Keys.Order(), new PlainConvolution().state_dict().Keys.Order());
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        var layer = new PlainConvolution();
        foreach (var shape in new long[][] { [2, 4, 9, 9], [3, 9, 9], [2, 3, 2, 9], [0, 3, 9, 9] })
        {
            Assert.Throws<LayerShapeException>(() => layer.forward(zeros(shape)));
        }

        Assert.Throws<LayerTypeException>(() => layer.forward(zeros([1, 3, 9, 9], float64)));
        Assert.Throws<LayerShapeException>(() => layer.LoadWeight(zeros(5, 3, 3, 4)));
        Assert.Throws<NonFiniteWeightException>(() => layer.LoadWeight(full([5, 3, 3, 3], double.NaN, float32)));
    }

    private static Layer Disturbed(string name, ScalarType type)
    {
        var layer = Cases[name].Make();
        layer.to(type);
        References.Disturb(layer, seed: 5);
        return layer;
    }

    private static Tensor Reference(string name, IReadOnlyDictionary<string, Tensor> p, Tensor x)
    {
        var g = Cases[name].Geometry;
        return nn.functional.conv2d(
            x, Cases[name].Weight(p), p.GetValueOrDefault("bias"), [g.Stride, g.Stride], [g.Padding, g.Padding], [g.Dilation, g.Dilation], g.Groups);
    }

    private static Tensor Product(IReadOnlyDictionary<string, Tensor> p) => p["lora_B"].mm(p["lora_A"].flatten(1)).reshape(p["lora_B"].shape[0], p["lora_A"].shape[1], p["lora_A"].shape[2], p["lora_A"].shape[3]);

    private static Tensor MuLaw(IReadOnlyDictionary<string, Tensor> p)
    {
        var mu = (-p["log_b"]).exp();
        return p["log_a"].exp() * p["v"].sign() * log1p(mu * p["v"].abs()) / log1p(mu);
    }

    private static void AssertWithin(Tensor bound, Tensor expected, Tensor actual)
    {
        var difference = (expected.to_type(float64) - actual.to_type(float64)).abs();
        Assert.True((difference <= bound).all().item<bool>(), $"{(difference / bound).max().item<double>()} of the bound");
    }
}
