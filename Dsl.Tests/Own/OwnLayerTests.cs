using LayerDsl.Examples.OwnMethods;
using LayerDsl.Tests.Torch;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Own;

/// <summary>Layers with users' own methods against the formulas in TorchSharp, and against the same classes run as plain code.</summary>
public sealed class OwnLayerTests
{
    /// <summary>Sums of at most 18 products in float32, and functions good to a few units in the last place.</summary>
    private const double Tolerance = 2e-6;

    public static TheoryData<string> Names => ["weight norm", "weight norm of a kernel", "dora", "gated", "standardized kernel", "cosine", "ternary", "group scale", "symmetric", "spectral", "circulant", "toeplitz", "own gradient", "cayley", "damped number", "damped", "damped kernel", "orthonormal", "turned inverse", "turned rows", "blocks", "unit blocks", "turned blocks"];

    private static Layer Make(string name) => name switch
    {
        "weight norm" => new WeightNormLayer(),
        "weight norm of a kernel" => new WeightNormKernel(),
        "dora" => new DoraLayer(),
        "gated" => new GatedLayer(),
        "standardized kernel" => new StandardizedKernel(),
        "cosine" => new CosineLayer(),
        "ternary" => new TernaryLayer(),
        "group scale" => new GroupScaleLayer(),
        "symmetric" => new SymmetricLayer(),
        "spectral" => Evaluated(new SpectralLayer()),
        "circulant" => new CirculantLayer(),
        "toeplitz" => new ToeplitzLayer(),
        "own gradient" => new OwnGradientLayer(),
        "cayley" => new CayleyLayer(),
        "damped number" => new DampedNumber(),
        "damped" => new DampedLayer(),
        "damped kernel" => new DampedKernel(),
        "orthonormal" => new OrthonormalLayer(),
        "turned inverse" => new TurnedInverseLayer(),
        "turned rows" => new TurnedRowsLayer(),
        "blocks" => new BlocksLayer(),
        "unit blocks" => new UnitBlocksLayer(),
        "turned blocks" => new TurnedBlocksLayer(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no layer"),
    };

    /// <summary>In training the buffers move on before the pass.</summary>
    private static Layer Evaluated(Layer layer)
    {
        layer.eval();
        return layer;
    }

    /// <summary>The formula of the paper or library, written with TorchSharp.</summary>
    private static Tensor Reference(string name, IReadOnlyDictionary<string, Tensor> p)
    {
        Tensor Norm(Tensor w) => w.flatten(1).norm(1, keepdim: true, 2).reshape([-1, .. Enumerable.Repeat(1L, (int)w.dim() - 1)]);
        switch (name)
        {
            case "weight norm":
                return p["g"].unsqueeze(1) * nn.functional.normalize(p["v"], 2, 1);
            case "weight norm of a kernel":
                return p["g"].reshape(-1, 1, 1, 1) * p["v"] / Norm(p["v"]);
            case "dora":
                var adapted = p["weight"] + (1.5 * p["b"].mm(p["a"]));
                return p["m"].unsqueeze(1) * adapted / Norm(adapted).detach();
            case "gated":
                return p["v"] * sigmoid(1.5 * p["gate"]);
            case "standardized kernel":
                var rows = p["v"].flatten(1);
                return nn.functional.layer_norm(rows, [rows.shape[1]], eps: 1e-5).reshape(p["v"].shape);
            case "cosine":
                var basis = (Math.PI / 6 * arange(3).unsqueeze(1) * (arange(6) + 0.5)).cos();
                return p["coefficients"].mm(basis);
            case "ternary":
                var soft = sigmoid(20 * (p["v"].abs() - p["threshold"].unsqueeze(1)));
                var hard = p["v"].abs().gt(p["threshold"].unsqueeze(1)).to_type(ScalarType.Float32);
                return p["scale"].unsqueeze(1) * (soft + (hard - soft).detach()) * (p["v"] + (p["v"].sign() - p["v"]).detach());
            case "group scale":
                var groups = p["v"].reshape(4, 3, 2);
                return (p["gain"] * p["scale"].unsqueeze(2) * groups / (groups.abs() + 1).amax([2], keepdim: true)).reshape(4, 6);
            case "spectral":
                return p["weight"] / dot(p["u"], p["weight"].mv(p["v"]));
            case "circulant":
                return stack(Enumerable.Range(0, 5).Select(i => p["column"].roll(i, 0)), 1);
            case "toeplitz":
                return stack(Enumerable.Range(0, 4).Select(o => p["diagonals"].narrow(0, o, 6).flip(0)), 0);
            case "own gradient":
                return (p["g"].unsqueeze(1) * (3 * p["v"]).tanh()) + p["a"].mean([0]);
            case "cayley":
                return CayleyOf(p["p"]);
            case "orthonormal":
                return CayleyOf(p["p"]).narrow(0, 0, 4);
            case "damped number" or "damped" or "damped kernel":
                var v = p["v"].flatten(1);
                return linalg.solve(v.mm(v.t()) + eye(v.shape[0]), v).reshape(p["v"].shape);
            case "turned inverse":
                var inverse = linalg.inv(p["v"] + p["g"].diag());
                return p["g"].unsqueeze(1) * inverse.t().tanh() * inverse / (1 + inverse.square().sum(1, keepdim: true)).sqrt();
            case "blocks":
                return p["v"] + (0.5 * kron(p["a"].tanh(), p["b"]));
            case "unit blocks":
                var blocks = kron(p["a"].mm(p["c"]), p["b"]);
                return blocks / (1 + blocks.square().sum(1, keepdim: true)).sqrt();
            case "turned blocks":
                return kron(p["g"], p["s"]).unsqueeze(1) * kron(linalg.inv(p["a"] + (3 * eye(2))).t(), p["b"]);
            case "turned rows":
                return nn.functional.normalize(p["v"].t(), 2, 1);
            default:
                return ((p["v"] + p["v"].t()) / 2) + p["v"].mm(p["v"].t());
        }
    }

    /// <summary>The same class as plain code, on the tensors that the layer stores.</summary>
    private static Tensor Mapped(string name, IReadOnlyDictionary<string, Tensor> p) => name switch
    {
        "weight norm" or "weight norm of a kernel" => WeightNorm.Map(p["v"], p["g"]),
        "dora" => Dora.Map(p["weight"], p["a"], p["b"], p["m"], 2, 3),
        "gated" => GatedPruning.Map(p["v"], p["gate"], 1.5),
        "standardized kernel" => WeightStandardization.Map(p["v"]),
        "cosine" => CosineLowRank.Map(p["coefficients"], p["k"], p["i"], 6, 3),
        "ternary" => LearnedTernary.Map(p["v"], p["scale"], p["threshold"]),
        "group scale" => GroupScale.Map(p["v"], p["scale"], p["gain"]),
        "spectral" => SpectralNorm.Map(p["weight"], p["u"], p["v"]),
        "circulant" => Circulant.Map(p["column"]),
        "toeplitz" => Toeplitz.Map(p["diagonals"], 4, 6),
        "own gradient" => OwnGradient.Map(p["v"], p["g"], p["a"], 3),
        "cayley" => Cayley.Map(p["p"], 5),
        "orthonormal" => OrthonormalRows.Map(p["p"], 4, 6),
        "damped number" => Damped.Map(p["v"], 1),
        "damped" or "damped kernel" => Damped.Map(p["v"], 4),
        "turned inverse" => TurnedInverse.Map(p["v"], p["g"], 5),
        "turned rows" => TurnedRows.Map(p["v"]),
        "blocks" => Blocks.Map(p["v"], p["a"], p["b"], 2, 3, 0.5),
        "unit blocks" => UnitBlocks.Map(p["a"], p["c"], p["b"], 2),
        "turned blocks" => TurnedBlocks.Map(p["a"], p["b"], p["g"], p["s"]),
        _ => Symmetric.Map(p["v"]),
    };

    /// <summary>As torch.nn.utils.parametrizations.orthogonal computes it with orthogonal_map="cayley".</summary>
    private static Tensor CayleyOf(Tensor p)
    {
        var (skew, same) = (p - p.t(), eye(p.shape[0]));
        return linalg.solve(same - (0.5 * skew), same + (0.5 * skew));
    }

    private static Tensor Apply(Layer layer, Tensor x, Tensor weight, Tensor bias) =>
        weight.dim() == 4 ? nn.functional.conv2d(x, weight, bias, padding: layer is WeightNormKernel ? [1L, 1L] : [0L, 0L]) : nn.functional.linear(x, weight, bias);

    private static Tensor Input(Layer layer) => layer switch
    {
        WeightNormKernel or StandardizedKernel or DampedKernel => randn(2, 2, 5, 5),
        DampedNumber => randn(3, 1),
        SymmetricLayer or CirculantLayer or CayleyLayer or TurnedInverseLayer or TurnedRowsLayer or QuantizedCayleyLayer => randn(3, 5),
        _ => randn(3, 6),
    };

    private static Dictionary<string, Tensor> Copies(Layer layer)
    {
        var copies = References.Copies(layer);
        foreach (var (name, buffer) in layer.named_buffers())
        {
            copies[name] = buffer.detach().clone();
        }

        return copies;
    }

    private static void Disturb(Layer layer)
    {
        manual_seed(5);
        using var noGradient = no_grad();
        foreach (var parameter in layer.parameters())
        {
            parameter.add_(randn_like(parameter) * 0.1);
        }
    }

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
