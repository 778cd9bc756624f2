using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Attention;

/// <summary>Self-attention: values and gradients against TorchSharp's own, folded forms against training forms.</summary>
public sealed class AttentionTests
{
    private const double DoubleTolerance = 1e-9;

    /// <summary>Scores of about 1, seven tokens, sums of twelve products: some tens of roundings of float32.</summary>
    private const double FloatTolerance = 2e-5;

    public static TheoryData<string, int, int, bool> Plain => new()
    {
        { "full", 3, 3, false },
        { "causal", 3, 3, true },
        { "grouped", 4, 2, false },
        { "multi-query", 6, 1, true },
        { "one head", 1, 1, false },
    };

    public static TheoryData<string> All => ["full", "causal", "grouped", "multi-query", "one head", "methods apart", "methods on all"];

    [Theory]
    [MemberData(nameof(Plain))]
    public void Values_and_gradients_are_those_of_the_tape(string name, int heads, int kvHeads, bool causal)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        layer.to(float64);
        var x = Input(name, float64).requires_grad_(true);
        var weights = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.detach().clone().requires_grad_(true));
        var other = x.detach().clone().requires_grad_(true);
        var above = randn_like(x);

        var y = layer.forward(x);
        (y * above).sum().backward();
        var expected = AttentionReference.Forward(weights, other, heads, kvHeads, causal);
        (expected * above).sum().backward();

        AssertClose(expected, y, DoubleTolerance);
        AssertClose(other.grad!, x.grad!, DoubleTolerance);
        Assert.All(layer.named_parameters(), pair => AssertClose(weights[pair.name].grad!, pair.parameter.grad!, DoubleTolerance));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_folded_layer_computes_the_same(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        layer.eval();
        var x = Input(name, float32);
        var y = new float[x.numel()];

        ((FoldedAttention)layer.Fold()).Forward(x.data<float>().ToArray(), y, (int)x.shape[0], (int)x.shape[1]);

        AssertClose(layer.forward(x), tensor(y, x.shape), FloatTolerance);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_torch_fold_computes_the_same_and_folds_again(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        layer.eval();
        var x = Input(name, float32);
        var plain = layer.FoldLayer();
        var y = new float[x.numel()];

        ((FoldedAttention)plain.Fold()).Forward(x.data<float>().ToArray(), y, (int)x.shape[0], (int)x.shape[1]);

        AssertClose(layer.forward(x), plain.forward(x), FloatTolerance);
        AssertClose(layer.forward(x), tensor(y, x.shape), FloatTolerance);
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        using var scope = NewDisposeScope();
        var layer = Make("causal");
        var x = (Input("causal", float32) * 1e3).detach().requires_grad_(true);

        var y = layer.forward(x);
        y.sum().backward();

        Assert.True(y.isfinite().all().item<bool>());
        Assert.True(x.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_causal_layer_does_not_see_later_tokens()
    {
        using var scope = NewDisposeScope();
        var layer = Make("causal");
        var x = Input("causal", float32);
        var changed = x.clone();
        changed[TensorIndex.Colon, TensorIndex.Slice(4)].add_(1);

        var (before, after) = (layer.forward(x), layer.forward(changed));

        AssertClose(after.narrow(1, 0, 4), before.narrow(1, 0, 4), 0);
        Assert.False(before.narrow(1, 4, 3).allclose(after.narrow(1, 4, 3)));
    }

    [Fact]
    public void Methods_act_on_the_projections_that_they_name()
    {
        using var layer = new MethodsApart();
        var names = layer.named_parameters().Select(pair => pair.name).Order(StringComparer.Ordinal);

        Assert.Equal(
            ["key.bias", "key.weight", "output.bias", "output.scale", "output.weight", "query.bias", "query.lora_A", "query.lora_B", "query.weight", "value.bias", "value.lora_A", "value.lora_B", "value.weight"],
            names);
        var folded = layer.Fold();
        Assert.Null(folded.Query!.Quantized);
        Assert.Equal(4, folded.Key.Quantized!.Format.Bits);
        Assert.Equal("Lsq", folded.Output.Quantized!.Format.Scheme);
    }

    [Fact]
    public void A_stacked_weight_is_loaded_into_the_projections()
    {
        using var scope = NewDisposeScope();
        var layer = new GroupedAttention();
        var (weight, bias) = (randn(12 + 6 + 6 + 12, 12), randn(36));

        layer.LoadWeight(weight, bias);

        var state = layer.state_dict();
        AssertClose(weight.narrow(0, 0, 12), state["query.weight"], 0);
        AssertClose(weight.narrow(0, 12, 6), state["key.weight"], 0);
        AssertClose(bias.narrow(0, 18, 6), state["value.bias"], 0);
        AssertClose(weight.narrow(0, 24, 12), state["output.weight"], 0);
        Assert.Throws<LayerShapeException>(() => layer.LoadWeight(randn(35, 12)));
    }

    [Fact]
    public void Inputs_that_are_no_tokens_are_refused()
    {
        using var scope = NewDisposeScope();
        var layer = new FullAttention();
        Assert.Throws<LayerShapeException>(() => layer.forward(randn(12)));
        Assert.Throws<LayerShapeException>(() => layer.forward(randn(2, 3, 11)));
        Assert.Throws<LayerShapeException>(() => layer.forward(randn(2, 0, 12)));
        Assert.Throws<LayerTypeException>(() => layer.forward(randn(2, 3, 12, float64)));
    }

    [Fact]
    public void Any_leading_dimensions_are_samples()
    {
        using var scope = NewDisposeScope();
        var layer = Make("grouped");
        var x = randn(2, 3, 5, 12);
        AssertClose(layer.forward(x.reshape(6, 5, 12)).reshape(x.shape), layer.forward(x), 0);
        AssertClose(layer.forward(x[0][0]), layer.forward(x)[0][0], 1e-6);
    }

    internal static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = (expected - actual).abs().max().to_type(float64).item<double>();
        Assert.True(error <= tolerance, $"off by {error:E3}, more than {tolerance:E3}");
    }

    private static Layer Make(string name)
    {
        manual_seed(7);
        Layer layer = name switch
        {
            "full" => new FullAttention(),
            "causal" => new CausalAttention(),
            "grouped" => new GroupedAttention(),
            "multi-query" => new MultiQueryAttention(),
            "one head" => new OneHeadAttention(),
            "methods apart" => new MethodsApart(),
            "methods on all" => new MethodsOnAll(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no layer"),
        };
        References.Disturb(layer, 11);
        return layer;
    }

    private static Tensor Input(string name, ScalarType type) => randn(2, 7, name == "one head" ? 8 : 12, type);

    /// <summary>Attention averages values, and a normalized row has a length: however far inputs are apart, outputs are not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e3)]
    [InlineData(1e30)]
    public void Bounds_are_finite_and_hold_however_far_inputs_are_apart(double distance)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var x = randn(2, 5, 12, float64) * 20;
        var near = full_like(x, distance);
        foreach (var layer in new Layer[] { new FullAttention(), new Norms.PlainLayerNormalization(), new Norms.PlainRootMeanSquare() })
        {
            var (own, error) = layer is FullAttention ? (x, near) : (x.narrow(2, 0, 7), near.narrow(2, 0, 7));
            var doubled = layer.to(float64);
            var moved = (doubled.forward(own) - doubled.forward(own + (error * randn_like(own).sign()))).abs();
            var bound = layer.RoundingBoundAt(own, error);
            Assert.True(bound.isfinite().all().item<bool>());
            Assert.True((moved <= bound).all().item<bool>());
        }
    }
}
