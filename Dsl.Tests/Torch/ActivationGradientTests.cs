using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Declared gradients of rounded inputs, against TorchSharp's tape in float64.</summary>
public sealed class ActivationGradientTests
{
    private const int In = 12;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LSQ_has_the_gradients_of_the_paper(bool signed)
    {
        Layer layer = signed ? new Activated.LsqSigned() : new Activated.Lsq();
        var (low, high) = signed ? (-4, 3) : (0, 15);
        Compare(layer, "input_scale", 0.2, (x, step) =>
        {
            var factor = 1 / Math.Sqrt((double)x.numel() * high);
            var scaled = (step * factor) + (step - (step * factor)).detach();
            var clipped = (x / scaled).clamp(low, high);
            return (clipped + (clipped.round() - clipped).detach()) * scaled;
        });
    }

    [Fact]
    public void PACT_passes_inside_of_the_range_and_gives_the_rest_to_alpha() => Compare(
        new Activated.Pact(),
        "input_alpha",
        0.7,
        (x, alpha) =>
        {
            var clipped = minimum(maximum(x, zeros_like(x)), alpha.expand(x.shape));
            return clipped + (((clipped * 15 / alpha).round() * alpha / 15) - clipped).detach();
        });

    [Fact]
    public void A_uniform_grid_passes_inside_of_the_range_only() => Compare(
        new Activated.Signed4(),
        "input_scale",
        0.2,
        (x, scale) =>
        {
            var inside = x.clamp(-8 * 0.2, 7 * 0.2);
            return inside + (((x / scale).round().clamp(-8, 7) * scale) - inside).detach();
        });

    [Fact]
    public void DoReFa_passes_between_0_and_1_through_the_input_and_through_tanh_of_the_weight()
    {
        var layer = new Activated.DoReFa();
        Compare(
            layer,
            null,
            0,
            (x, _) => x.clamp(0, 1) + (((x.clamp(0, 1) * 3).round() / 3) - x.clamp(0, 1)).detach(),
            weight =>
            {
                var unit = (weight.tanh() / (2 * weight.tanh().abs().max())) + 0.5;
                return (2 * (unit + (((3 * unit).round() / 3) - unit).detach())) - 1;
            });
    }

    [Fact]
    public void A_learned_step_starts_with_the_first_batch_of_the_training()
    {
        var layer = new Activated.Lsq();
        var scale = layer.GetActivationParameters().Scale!;
        layer.eval();
        layer.forward(randn(4, In));
        Assert.Equal(0, scale.item<float>());
        layer.train();
        layer.forward(zeros(4, In));
        Assert.Equal(0, scale.item<float>());
        var x = randn(4, In);
        layer.forward(x);
        Assert.Equal(2 * x.abs().mean().item<float>() / Math.Sqrt(15), scale.item<float>(), 1e-6);
        var started = scale.item<float>();
        layer.forward(randn(4, In));
        Assert.Equal(started, scale.item<float>());
    }

    [Fact]
    public void A_learned_step_does_not_start_with_what_is_no_number()
    {
        var layer = new Activated.Lsq();
        var x = randn(4, In);
        x[1, 2] = float.NaN;
        Assert.Equal(14, Assert.Throws<NonFiniteActivationException>(() => layer.forward(x)).Index);
        Assert.False(layer.GetActivationParameters().IsCalibrated);
    }

    [Fact]
    public void Alpha_starts_at_8() => Assert.Equal(8, new Activated.Pact().GetActivationParameters().Scale!.item<float>());

    [Fact]
    public void A_step_or_range_of_less_than_the_least_still_gets_a_gradient()
    {
        foreach (var (layer, name) in new (Layer, string)[] { (new Activated.Lsq(), "input_scale"), (new Activated.Pact(), "input_alpha") })
        {
            layer.Calibrate([randn(8, In)]);
            var parameter = layer.named_parameters().First(pair => pair.name == name).parameter;
            using (no_grad())
            {
                parameter.fill_(-0.5f);
            }

            var y = layer.forward(randn(8, In));
            Assert.True(y.isfinite().all().item<bool>());
            y.square().sum().backward();
            Assert.True(parameter.grad!.isfinite().item<bool>() && parameter.grad!.item<float>() != 0);
            Assert.Equal(1e-5f / (name == "input_alpha" ? 15 : 1), ((FoldedLinear)layer.Fold()).Activation!.Scale, 1e-12f);
        }
    }

    /// <summary>1e-9 relative: float64 leaves room for the order of sums.</summary>
    private static void Compare(Layer layer, string? name, double value, Func<Tensor, Tensor, Tensor> round, Func<Tensor, Tensor>? roundWeight = null)
    {
        random.manual_seed(9);
        layer.to(float64);
        var state = layer.named_parameters().Select(pair => (pair.name, tensor: (Tensor)pair.parameter)).Concat(layer.named_buffers().Select(pair => (pair.name, tensor: pair.buffer))).ToDictionary(pair => pair.name, pair => pair.tensor);
        var own = tensor(value, float64).requires_grad_(true);
        if (name is not null)
        {
            using var noGradient = no_grad();
            state[name].fill_(value);
        }

        var x = randn([9, In], float64, requires_grad: true);
        var y = layer.forward(x);
        var upstream = randn_like(y);
        (y * upstream).sum().backward();

        var copy = x.detach().clone().requires_grad_(true);
        var weight = state["weight"].detach().clone().requires_grad_(true);
        var merged = roundWeight is null ? Merged(layer) : roundWeight(weight);
        var expected = nn.functional.linear(round(copy, own), merged, state["bias"].detach());
        (expected * upstream).sum().backward();
        Close(expected, y);
        Close(copy.grad!, x.grad!);
        Assert.True((copy.grad!.eq(0).any() & copy.grad!.ne(0).any()).item<bool>(), "nothing is clipped, or everything");
        if (name is not null && state[name].requires_grad)
        {
            Close(own.grad!, state[name].grad!);
            Assert.NotEqual(0, own.grad!.item<double>());
        }

        if (roundWeight is not null)
        {
            Close(weight.grad!, state["weight"].grad!);
        }
    }

    private static Tensor Merged(Layer layer) => ((Tensor)layer.GetType().GetMethod("MergedWeight", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.Invoke(layer, [])!).detach();

    private static void Close(Tensor expected, Tensor actual) =>
        Assert.True(allclose(expected, actual, rtol: 1e-9, atol: 1e-12), $"expected {expected.ToString(TorchSharp.TensorStringStyle.Default)}, found {actual.ToString(TorchSharp.TensorStringStyle.Default)}");
}
