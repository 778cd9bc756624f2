using LayerDsl.Examples.OwnMethods;
using static LayerDsl.Tests.Own.OwnFormulas;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Own;

/// <summary>Layers with users' own methods against the formulas in TorchSharp, and against the same classes run as plain code.</summary>
public sealed class OwnLayerTests
{
    /// <summary>Sums of at most 18 products in float32, and functions good to a few units in the last place.</summary>
    private const double Tolerance = 2e-6;

    public static TheoryData<string> Names => ["weight norm", "weight norm of a kernel", "dora", "gated", "standardized kernel", "cosine", "ternary", "group scale", "symmetric", "spectral", "circulant", "toeplitz", "own gradient", "cayley", "damped number", "damped", "damped kernel", "orthonormal", "turned inverse", "turned rows", "blocks", "unit blocks", "turned blocks"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_has_the_values_and_gradients_of_its_formula(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        Disturb(layer);
        var copies = Copies(layer);
        var (x, y) = (Input(layer), 0);
        var expected = Apply(layer, x, Reference(name, copies), copies["bias"]);
        var actual = layer.forward(x);
        AssertClose(expected, actual, "values " + y);

        var above = randn_like(expected);
        expected.backward([above]);
        actual.backward([above]);
        foreach (var (parameter, tensor) in layer.named_parameters().Where(pair => pair.parameter.requires_grad))
        {
            AssertClose(copies[parameter].grad!, tensor.grad!, parameter);
        }

        Assert.All(layer.named_parameters().Where(pair => !pair.parameter.requires_grad), pair => Assert.Null(pair.parameter.grad));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Map_run_as_plain_code_gives_the_weight_of_the_layer_and_its_gradients(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        Disturb(layer);
        var copies = Copies(layer);
        var weight = Mapped(name, copies);
        var folded = layer.FoldTorch();
        AssertClose(folded.state_dict()["weight"], weight, "weight");

        var x = Input(layer);
        var actual = layer.forward(x);
        var expected = Apply(layer, x, weight, copies["bias"]);
        var above = randn_like(expected);
        expected.backward([above]);
        actual.backward([above]);
        Assert.All(layer.named_parameters().Where(pair => pair.parameter.requires_grad), pair => AssertClose(copies[pair.name].grad!, pair.parameter.grad!, pair.name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_fold_is_proved_and_keeps_the_output(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        Disturb(layer);
        Assert.StartsWith("proved", layer.GetCertificate().Verdict, StringComparison.Ordinal);
        var x = Input(layer);
        var expected = layer.forward(x).detach();
        AssertClose(expected, ((nn.Module<Tensor, Tensor>)layer.FoldLayer()).forward(x), "folded layer");
        var bound = layer.RoundingBound(x.abs().to_type(ScalarType.Float64), zeros_like(x).to_type(ScalarType.Float64));
        Assert.True((bound > 0).all().item<bool>());
        var difference = (expected - layer.FoldTorch().forward(x)).abs().to_type(ScalarType.Float64);
        Assert.True((difference <= bound).all().item<bool>(), name);
    }

    [Theory]
    [InlineData("weight norm")]
    [InlineData("weight norm of a kernel")]
    [InlineData("dora")]
    [InlineData("gated")]
    public void A_weight_is_loaded_by_the_inverse(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        var weight = rand_like(layer.FoldTorch().state_dict()["weight"]) - 0.3;
        layer.LoadWeight(weight);
        AssertClose(weight, layer.FoldTorch().state_dict()["weight"], "weight");
    }

    [Fact]
    public void Without_an_inverse_a_weight_is_refused_and_nothing_changes()
    {
        using var layer = new TernaryLayer();
        var before = layer.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());
        var exception = Assert.Throws<NoInverseException>(() => layer.LoadWeight(zeros(4, 6)));
        Assert.Equal("LearnedTernary", exception.Method);
        Assert.All(layer.state_dict(), pair => Assert.True(pair.Value.equal(before[pair.Key]).all().item<bool>()));
    }

    [Fact]
    public void Parameters_start_as_the_class_says()
    {
        using var scope = NewDisposeScope();
        var p = Copies(new TernaryLayer());
        AssertClose(0.7 * p["v"].abs().mean([1]), p["threshold"], "threshold");
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], Copies(new CosineLayer())["i"].data<float>().ToArray());
        var dora = Copies(new DoraLayer());
        Assert.Equal(0f, dora["b"].abs().sum().item<float>());
        Assert.True(dora["a"].abs().sum().item<float>() > 0);
        Assert.False(new DoraLayer().named_parameters().First(pair => pair.name == "weight").parameter.requires_grad);
    }

    [Fact]
    public void Buffers_follow_the_weight_in_training_and_stay_in_evaluation()
    {
        using var scope = NewDisposeScope();
        var layer = new SpectralLayer();
        Disturb(layer);
        var before = Copies(layer);
        var x = Input(layer);
        layer.train();
        var first = layer.forward(x);
        var second = layer.forward(x);

        // The power method of torch.nn.utils.parametrizations.spectral_norm: u = W v / |W v|, then v = Wᵀ u / |Wᵀ u|, twice.
        var (u, v) = (before["u"], before["v"]);
        for (var k = 0; k < 2; k++)
        {
            u = nn.functional.normalize(before["weight"].mv(v), dim: 0);
            v = nn.functional.normalize(before["weight"].t().mv(u), dim: 0);
        }

        var after = Copies(layer);
        AssertClose(u, after["u"], "u");
        AssertClose(v, after["v"], "v");

        // Both passes keep the buffers that they computed with.
        (first.sum() + second.sum()).backward();
        Assert.All(layer.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));

        for (var k = 0; k < 200; k++)
        {
            using var y = layer.forward(x);
        }

        AssertClose(ones(1), linalg.svdvals(layer.FoldTorch().state_dict()["weight"]).amax([0], keepdim: true), "largest singular value");
        layer.eval();
        var settled = Copies(layer);
        using var z = layer.forward(x);
        Assert.True(Copies(layer)["u"].equal(settled["u"]).all().item<bool>());
    }

    [Theory]
    [InlineData("weight norm")]
    [InlineData("own gradient")]
    [InlineData("toeplitz")]
    [InlineData("circulant")]
    [InlineData("cayley")]
    [InlineData("turned inverse")]
    [InlineData("unit blocks")]
    public void Second_derivatives_are_those_of_the_formula(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        Disturb(layer);
        var copies = Copies(layer);
        var x = Input(layer);
        var own = layer.named_parameters().First(pair => pair.name != "bias");
        Tensor Twice(Tensor y, Tensor parameter)
        {
            var gradient = autograd.grad([y.square().sum()], [parameter], retain_graph: true, create_graph: true)[0];
            return autograd.grad([gradient.square().sum()], [parameter])[0];
        }

        var expected = Twice(Apply(layer, x, Reference(name, copies), copies["bias"]), copies[own.name]);
        var actual = Twice(layer.forward(x), own.parameter);
        AssertClose(expected, actual, own.name, 10); // Products of products.
    }

    [Fact]
    public void The_weight_of_the_cayley_map_is_orthogonal_before_and_after_the_fold()
    {
        using var scope = NewDisposeScope();
        var layer = new CayleyLayer();
        var optimizer = optim.SGD(layer.parameters(), 0.1);
        for (var step = 0; step < 20; step++)
        {
            optimizer.zero_grad();
            layer.forward(Input(layer)).square().sum().backward();
            optimizer.step();
        }

        var weight = layer.FoldTorch().state_dict()["weight"];
        AssertClose(eye(5), weight.mm(weight.t()), "rows");
        AssertClose(eye(5), weight.t().mm(weight), "columns");
    }

    [Fact]
    public void A_rounded_orthogonal_weight_keeps_its_output_in_the_fold()
    {
        using var scope = NewDisposeScope();
        var layer = new QuantizedCayleyLayer();
        Disturb(layer);
        var p = Copies(layer);
        var scaled = WeightNorm.Map(Cayley.Map(p["p"], 5), p["g"]);
        var scale = scaled.abs().amax([1], keepdim: true) / 7;
        AssertClose((scaled / scale).round() * scale, layer.FoldTorch().state_dict()["weight"], "weight");
        Assert.StartsWith("proved", layer.GetCertificate().Verdict, StringComparison.Ordinal);
        var x = Input(layer);
        AssertClose(layer.forward(x).detach(), ((nn.Module<Tensor, Tensor>)layer.FoldLayer()).forward(x), "folded layer");
    }

    [Fact]
    public void Blocks_compose_with_other_methods()
    {
        using var scope = NewDisposeScope();
        var layer = new QuantizedBlocksLayer();
        Disturb(layer);
        var p = Copies(layer);
        var latent = WeightNorm.Map(p["v"], p["g"]) + kron(p["a"].tanh(), p["b"]);
        var scale = latent.abs().amax([1], keepdim: true) / 7;
        AssertClose((latent / scale).round() * scale, layer.FoldTorch().state_dict()["weight"], "weight");
        Assert.StartsWith("proved", layer.GetCertificate().Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void A_singular_matrix_is_told_and_NaN_stays_NaN()
    {
        using var scope = NewDisposeScope();
        var layer = new TurnedInverseLayer();
        var before = layer.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());
        using (no_grad())
        {
            layer.get_parameter("v")!.zero_();
            layer.get_parameter("g")!.zero_();
        }

        var x = Input(layer);
        Assert.Equal([5L, 5L], Assert.Throws<SingularMatrixException>(() => layer.forward(x)).Shape);
        Assert.Throws<SingularMatrixException>(() => layer.FoldTorch());
        Assert.Throws<SingularMatrixException>(() => TurnedInverse.Map(zeros(5, 5), zeros(5), 5));
        Assert.All(layer.parameters(), parameter => Assert.Null(parameter.grad));

        layer.load_state_dict(before);
        using (no_grad())
        {
            layer.get_parameter("v")!.fill_(float.NaN);
        }

        Assert.True(layer.forward(x).isnan().all().item<bool>());
    }

    [Fact]
    public void Methods_compose_from_left_to_right_with_built_in_ones()
    {
        using var scope = NewDisposeScope();
        var layer = new ComposedLayer();
        Disturb(layer);
        var p = Copies(layer);
        var latent = GatedPruning.Map(WeightNorm.Map(p["v"], p["g"]) + p["lora_B"].mm(p["lora_A"]), p["gate"]);
        var scale = latent.abs().amax([1], keepdim: true) / 7;
        var rounded = (latent / scale).round() * scale;
        AssertClose(rounded, layer.FoldTorch().state_dict()["weight"], "weight");
        Assert.StartsWith("proved", layer.GetCertificate().Verdict, StringComparison.Ordinal);
        var x = Input(layer);
        AssertClose(nn.functional.linear(x, rounded, p["bias"]), layer.forward(x), "values");
    }

    private static void AssertClose(Tensor expected, Tensor actual, string what, double times = 1)
    {
        Assert.Equal(expected.shape, actual.shape);
        var scale = Math.Max(1, expected.abs().max().item<float>());
        var difference = (expected - actual).abs().max().item<float>();
        Assert.True(difference <= times * Tolerance * scale, $"{what}: {difference}");
    }
}
