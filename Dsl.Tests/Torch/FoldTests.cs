using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

public sealed class FoldTests
{
    public static TheoryData<string> Names => References.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_a_layer_keeps_its_output_within_the_bound(string name)
    {
        var layer = References.Layers[name]();
        References.Disturb(layer, seed: 21);
        var features = name == "one by one" ? 1 : 7;
        var x = randn(64, features) * 3;
        var training = layer.forward(x).detach();
        var bound = layer.RoundingBound(x.to_type(float64).abs(), zeros_like(x, float64));

        var folded = (FoldedLinear)layer.Fold();
        var y = new float[64 * folded.OutFeatures];
        folded.Forward(x.data<float>().ToArray(), y, 64);
        AssertWithin(bound, training, tensor(y).view(64, -1));
        AssertWithin(bound, training, layer.FoldTorch().forward(x).detach());
        AssertWithin(bound, training, layer.FoldLayer().forward(x).detach());
        Assert.True(bound.max().item<double>() < 1e-3, "the bound says something");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Loading_a_weight_makes_it_the_effective_weight(string name)
    {
        var layer = References.Layers[name]();
        var (outputs, inputs) = name == "one by one" ? (1, 1) : (5, 7);
        var weight = (rand(outputs, inputs) - 0.5) * 0.7;
        layer.LoadWeight(weight);
        var folded = (FoldedLinear)layer.Fold();

        // tan and arctan, or exp and log, each within a few units in the last place.
        Assert.All(folded.Weight.ToArray().Zip(weight.data<float>().ToArray()), pair => Assert.Equal(pair.Second, pair.First, 2e-6f));
    }

    [Fact]
    public void A_weight_beyond_the_curve_is_refused_and_nothing_changes()
    {
        var layer = new ArctanLayer();
        var before = layer.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.data<float>().ToArray());
        var error = Assert.Throws<WeightRangeException>(() => layer.LoadWeight(ones(5, 7) * 1.6));
        Assert.Equal(1.6, error.Largest, 1e-6);
        Assert.Equal(Math.PI / 2, error.Limit, 1e-12);
        Assert.Throws<NonFiniteWeightException>(() => layer.LoadWeight(ones(5, 7) * float.NaN));
        Assert.Throws<LayerShapeException>(() => layer.LoadWeight(ones(7, 5)));
        Assert.Throws<LayerShapeException>(() => new NoBiasLayer().LoadWeight(ones(5, 7), ones(5)));
        Assert.All(layer.state_dict(), pair => Assert.Equal(before[pair.Key], pair.Value.data<float>().ToArray()));
    }

    [Fact]
    public void Pissa_starts_with_the_best_low_rank_approximation_and_an_unchanged_output()
    {
        var layer = new PissaLayer();
        var weight = randn(5, 7) * 0.3;
        layer.LoadWeight(weight);
        var state = layer.state_dict();
        var approximation = 3.0 / Math.Sqrt(2) * state["lora_B"].mm(state["lora_A"]);

        // Eckart and Young: the residual of the best rank-r approximation has the norm of the remaining singular values.
        var expected = linalg.svdvals(weight).narrow(0, 2, 3).square().sum().item<float>();
        Assert.Equal(expected, (weight - approximation).square().sum().item<float>(), 1e-4f);
        GradientTests.AssertClose(weight, state["weight"] + approximation, 1e-5, "sum");
    }

    [Fact]
    public void An_adapter_starts_without_effect()
    {
        var layer = new LoraLayer();
        var x = randn(4, 7);
        var plain = nn.functional.linear(x, layer.state_dict()["weight"], layer.state_dict()["bias"]);
        GradientTests.AssertClose(plain, layer.forward(x), 1e-6, "output");
        Assert.Equal(0f, layer.state_dict()["lora_B"].abs().max().item<float>());
        Assert.True(layer.state_dict()["lora_A"].abs().max().item<float>() is > 0.1f and <= 0.378f, "Kaiming-uniform: up to 1/√7");
    }

    [Fact]
    public void The_default_curve_is_odd_increasing_bounded_and_steeper_than_one_at_zero()
    {
        var v = linspace(-50, 50, 10_001, float64);
        var w = 1.0 * (v / 0.5).atan();
        GradientTests.AssertClose(-w.flip(0), w, 1e-12, "odd"); // linspace itself is symmetric to a few 1e-15
        Assert.True((w.narrow(0, 1, 10_000) - w.narrow(0, 0, 10_000)).min().item<double>() > 0);
        Assert.True(w.abs().max().item<double>() < Math.PI / 2);

        // The same properties of the layer: weights are what the curve gives for v.
        var layer = new ArctanLayer();
        using (no_grad())
        {
            layer.named_parameters().First().parameter.copy_(linspace(-50, 50, 35).view(5, 7));
        }

        var weights = layer.Fold().Weight.ToArray();
        Assert.Equal(weights.Order(), weights);
        Assert.All(weights, weight => Assert.InRange(Math.Abs(weight), 0, Math.PI / 2));
        Assert.All(weights.Zip(weights.Reverse()), pair => Assert.Equal(pair.First, -pair.Second, 4e-6f));
        using (no_grad())
        {
            layer.named_parameters().First().parameter.fill_(1e-6);
        }

        Assert.Equal(2e-6f, layer.Fold().Weight[0], 1e-11f);
    }

    [Fact]
    public void A_NaN_weight_is_refused_at_fold_with_layer_tensor_and_value()
    {
        var model = new SmallMlp();
        using (no_grad())
        {
            model.Middle.state_dict()["weight"][2, 3] = float.NaN;
        }

        var managed = Assert.Throws<NonFiniteWeightException>(() => model.Fold());
        Assert.Contains("Middle", managed.Message, StringComparison.Ordinal);
        Assert.Contains("NaN", managed.Message, StringComparison.Ordinal);
        Assert.Throws<NonFiniteWeightException>(() => model.FoldTorch());
        Assert.Throws<NonFiniteWeightException>(() => model.Middle.FoldTorch());
    }

    [Fact]
    public void A_folded_model_agrees_with_the_training_model_on_every_sample()
    {
        var model = new SmallMlp();
        foreach (var layer in new[] { model.Hidden, model.Middle, model.Head })
        {
            References.Disturb(layer, 31);
        }

        var report = model.VerifyFold(randn(700, 7) * 2);
        Assert.Equal(["Hidden", "Middle", "Head", "output"], report.Rows.Select(row => row.Name).OrderBy(name => Array.IndexOf(["Hidden", "Middle", "Head", "output"], name)));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.All(report.Rows, row => Assert.True(row.Bound > 0));
        Assert.Contains("error / bound", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fold_of_other_weights_is_found()
    {
        var (model, other) = (new SmallMlp(), new SmallMlp());
        Assert.Throws<FoldMismatchException>(() => LayerDsl.Verification.FoldVerification.Run(model, other.Fold(), randn(4, 7), (check, x) =>
            check.Layer(model.Hidden, other.Fold().Layers[0], x)));
    }

    [Fact]
    public void FoldTorch_gives_plain_weights_under_the_same_names_for_any_forward()
    {
        var model = new SmallMlp();
        var folded = model.FoldTorch();
        Assert.Equal(["Hidden.weight", "Hidden.bias", "Middle.weight", "Middle.bias", "Head.weight", "Head.bias"], folded.state_dict().Keys);
        Assert.False(folded.training);
        var x = randn(9, 7);
        GradientTests.AssertClose(model.forward(x), folded.forward(x), 1e-5, "output");
        GradientTests.AssertClose(folded.forward(x), folded.FoldTorch().forward(x), 1e-7, "folding twice");
    }

    [Fact]
    public void FoldTorch_takes_the_rest_of_the_model_along()
    {
        var model = new Nested.WithOwnState();
        using (no_grad())
        {
            model.state_dict()["norm.weight"].fill_(3);
        }

        model.to(float64);
        var folded = model.FoldTorch();
        var x = randn([5, 4], float64);
        GradientTests.AssertClose(model.forward(x), folded.forward(x), 1e-12, "output");
        Assert.Contains("in.weight", folded.state_dict().Keys);
    }

    [Fact]
    public void A_folded_model_survives_saving_and_loading_bit_by_bit()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var folded = new SmallMlp().Fold();
            folded.Save(path);
            var loaded = SmallMlp.Folded.Load(path);
            var (x, y, z) = (randn(5, 7).data<float>().ToArray(), new float[15], new float[15]);
            folded.Forward(x, y, 5);
            loaded.Forward(x, z, 5);
            Assert.Equal(y, z);
            Assert.Equal((7 * 6) + 6 + 36 + 6 + 18 + 3, folded.ParameterCount);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Many_threads_get_the_same_output_from_one_folded_model()
    {
        var folded = new SmallMlp().Fold();
        var x = randn(300, 7).data<float>().ToArray();
        var expected = new float[900];
        folded.Forward(x, expected, 300);
        Parallel.For(0, 32, _ =>
        {
            var y = new float[900];
            folded.Forward(x, y, 300);
            Assert.Equal(expected, y);
        });
    }

    [Fact]
    public void Folding_leaves_the_random_state_alone()
    {
        var model = new SmallMlp();
        manual_seed(5);
        var expected = rand(3).data<float>().ToArray();
        manual_seed(5);
        using var folded = model.FoldTorch();
        Assert.Equal(expected, rand(3).data<float>().ToArray());
    }

    [Fact]
    public void Samples_for_which_nothing_can_be_said_are_refused_as_such()
    {
        var model = new SmallMlp();
        Assert.Throws<ArgumentException>(() => model.VerifyFold(full(2, 7, float.NaN)));
        Assert.Throws<ArgumentException>(() => model.VerifyFold(full(2, 7, float.PositiveInfinity)));
        Assert.Throws<LayerShapeException>(() => model.VerifyFold(randn(2, 7, 1)));
        model.to(bfloat16);
        Assert.Throws<LayerTypeException>(() => model.VerifyFold(randn(2, 7).to(bfloat16)));
    }

    [Fact]
    public void Values_below_the_normal_range_stay_within_the_bound()
    {
        var model = new SmallMlp();
        Assert.All(model.VerifyFold(randn(50, 7) * 1e-40).Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
    }

    [Fact]
    public void A_folded_model_wants_its_own_layers_and_all_of_them()
    {
        Assert.Throws<ArgumentNullException>(() => new SmallMlp.Folded(null!, null!, null!));
        var (hidden, middle, head) = ((FoldedLinear)new SmallMlp().Hidden.Fold(), (FoldedLinear)new SmallMlp().Middle.Fold(), (FoldedLinear)new SmallMlp().Head.Fold());
        var withoutBias = new FoldedLinear("Head", head.InFeatures, head.OutFeatures, head.Weight, []);
        Assert.Throws<LayerShapeException>(() => new SmallMlp.Folded(hidden, middle, withoutBias));
    }

    [Fact]
    public void A_flipped_bit_in_a_weight_is_found_and_a_link_is_followed()
    {
        var folder = Directory.CreateTempSubdirectory("layerdsl-fold-").FullName;
        try
        {
            var (target, link) = (Path.Combine(folder, "target.safetensors"), Path.Combine(folder, "latest.safetensors"));
            File.WriteAllText(target, "old");
            File.CreateSymbolicLink(link, target);
            new SmallMlp().Fold().Save(link);
            Assert.NotNull(new FileInfo(link).LinkTarget);
            SmallMlp.Folded.Load(target);

            var bytes = File.ReadAllBytes(target);
            bytes[^5] ^= 1;
            File.WriteAllBytes(target, bytes);
            Assert.Contains("SHA-256", Assert.Throws<FoldedFileException>(() => SmallMlp.Folded.Load(link)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertWithin(Tensor bound, Tensor expected, Tensor actual)
    {
        var difference = (expected.to_type(float64) - actual.to_type(float64)).abs();
        Assert.True((difference <= bound).all().item<bool>(), $"{(difference / bound).max().item<double>()} of the bound");
    }
}
