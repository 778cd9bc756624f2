using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

public sealed class GradientTests
{
    public static TheoryData<string> Names => References.Names;

    /// <summary>
    /// In float64 both sides round at 1e-16; 1e-9 relative leaves room for cancellation. In float32 1e-5 relative, as TorchSharp
    /// itself reproduces only to that.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_those_of_the_tape(string name)
    {
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-9), (ScalarType.Float32, 1e-5) })
        {
            var layer = References.Layers[name]();
            layer.to(type);
            References.Disturb(layer, seed: 5);
            var copies = References.Copies(layer);
            var features = name == "one by one" ? 1 : 7;
            var x = randn([6, features], type, requires_grad: true);
            var xCopy = x.detach().clone().requires_grad_(true);
            var y = layer.forward(x);
            var expected = References.Forward(name, copies, xCopy);
            AssertClose(expected, y, tolerance, "output");

            var upstream = randn_like(y);
            (y * upstream).sum().backward();
            (expected * upstream).sum().backward();
            AssertClose(xCopy.grad!, x.grad!, tolerance, "x");

            // Relative to the whole gradient: that of a scalar is a sum whose terms may cancel, and with them all digits.
            var scale = copies.Values.Where(copy => copy.grad is not null).Max(copy => copy.grad!.abs().max().to_type(float64).item<double>());
            foreach (var (parameterName, parameter) in layer.named_parameters())
            {
                Assert.Equal(copies[parameterName].requires_grad, parameter.grad is not null);
                if (parameter.grad is { } gradient)
                {
                    AssertClose(copies[parameterName].grad!, gradient, tolerance, parameterName, scale);
                }
            }
        }
    }

    /// <summary>Central differences with step h err by about h² and 1e-16/h: 1e-6 for h = 1e-5 leaves a factor of 100.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_finite_differences(string name)
    {
        const double Step = 1e-5;
        var layer = References.Layers[name]();
        layer.to(float64);
        References.Disturb(layer, seed: 9);
        var x = randn([3, name == "one by one" ? 1 : 7], float64);
        var upstream = randn_like(layer.forward(x));
        (layer.forward(x) * upstream).sum().backward();
        using var noGradient = no_grad();
        foreach (var (parameterName, parameter) in layer.named_parameters().Where(pair => pair.parameter.requires_grad))
        {
            var values = parameter.view(-1);
            for (var k = 0; k < values.numel(); k++)
            {
                var original = values[k].item<double>();
                values[k] = original + Step;
                var above = (layer.forward(x) * upstream).sum().item<double>();
                values[k] = original - Step;
                var below = (layer.forward(x) * upstream).sum().item<double>();
                values[k] = original;
                Assert.Equal((above - below) / (2 * Step), parameter.grad!.view(-1)[k].item<double>(), 1e-6);
            }

            Assert.True(values.numel() > 0, parameterName);
        }
    }

    /// <summary>
    /// At zero, where |v| has a kink and every curve has none: the slope of the effective weight by differences on both sides.
    /// All weights of a layer may well be zero, and must be able to leave it.
    /// </summary>
    [Theory]
    [InlineData("arctan")]
    [InlineData("tanh")]
    [InlineData("softsign")]
    [InlineData("mu-law")]
    [InlineData("fixed mu-law")]
    public void Curves_have_their_slope_at_zero_too(string name)
    {
        const double Step = 1e-6;
        var layer = References.Layers[name]();
        layer.to(float64);
        layer.LoadWeight(zeros([5, 7], float64));
        var v = layer.named_parameters().Single(pair => pair.name == "v").parameter;
        var x = ones([1, 7], float64);
        layer.forward(x).sum().backward();
        double above, below;
        using (no_grad())
        {
            v[0, 0] = Step;
            above = layer.forward(x).sum().item<double>();
            v[0, 0] = -Step;
            below = layer.forward(x).sum().item<double>();
        }

        Assert.True(above > below);

        // The second derivative of softsign and mu-law jumps at zero, so that the difference is off by about the step over b.
        var slope = (above - below) / (2 * Step);
        Assert.Equal(slope, v.grad![0, 0].item<double>(), 1e-5 * slope);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivatives_equal_those_of_the_tape(string name)
    {
        var layer = References.Layers[name]();
        layer.to(float64);
        References.Disturb(layer, seed: 11);
        var copies = References.Copies(layer);
        var x = randn([4, name == "one by one" ? 1 : 7], float64, requires_grad: true);
        var xCopy = x.detach().clone().requires_grad_(true);
        Penalty(layer.forward(x), x).backward();
        Penalty(References.Forward(name, copies, xCopy), xCopy).backward();
        foreach (var (parameterName, parameter) in layer.named_parameters().Where(pair => pair.name != "bias" && pair.parameter.requires_grad))
        {
            AssertClose(copies[parameterName].grad!, parameter.grad!, 1e-9, parameterName);
        }

        static Tensor Penalty(Tensor y, Tensor x) => autograd.grad([(y * y).sum()], [x], retain_graph: true, create_graph: true)[0].square().sum();
    }

    internal static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what, double? scaleOfAll = null)
    {
        Assert.Equal(expected.shape, actual.shape);
        var scale = scaleOfAll ?? (1e-3 + expected.abs().max().to_type(float64).item<double>());
        var difference = (expected - actual).abs().max().to_type(float64).item<double>();
        Assert.True(difference <= tolerance * scale, $"{what}: {difference} > {tolerance} · {scale}");
    }
}
