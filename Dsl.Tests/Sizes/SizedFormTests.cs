using static TorchSharp.torch;

namespace LayerDsl.Tests.Sizes;

/// <summary>Forms that depend on their sizes, with the sizes from a constructor: against the same declarations with numbers, and against formulas of their own.</summary>
public sealed class SizedFormTests
{
    /// <summary>Passes with loops over memory round otherwise than composed operations: a few units in the last place of sums of a few terms.</summary>
    private const double Tolerance = 1e-5;

    public SizedFormTests() => SizedForms.Prepare();

    public static TheoryData<string, int> Forms => SizedForms.All;

    [Theory]
    [MemberData(nameof(Forms))]
    public void Values_gradients_folds_bounds_and_certificates_are_those_of_the_same_layer_with_numbers(string name, int at)
    {
        random.manual_seed(5);
        var form = SizedForms.Find(name);
        using var expected = SizedForms.MakeNumbered(name, at);
        using var actual = SizedForms.Make(name, [.. form.Values[at].Select(size => (long)size)]);
        Disturb(expected);
        var x = randn(form.Input(form.Values[at]));
        if (form.Attributes.Contains("Activations", StringComparison.Ordinal))
        {
            _ = expected.Calibrate([x]);
        }

        Assert.Equal(Shapes(expected), Shapes(actual));
        actual.load_state_dict(expected.state_dict());

        var (one, two) = (x.clone().requires_grad_(), x.clone().requires_grad_());
        AssertClose(expected.forward(x), actual.forward(x));
        expected.forward(one).square().sum().backward();
        actual.forward(two).square().sum().backward();
        AssertClose(one.grad!, two.grad!);
        foreach (var (first, second) in expected.named_parameters().Zip(actual.named_parameters()).Where(pair => pair.First.parameter.requires_grad))
        {
            AssertClose(first.parameter.grad!, second.parameter.grad!);
        }

        expected.eval();
        actual.eval();
        AssertClose(actual.forward(x), actual.FoldLayer().forward(x));
        AssertClose(expected.FoldLayer().forward(x), actual.FoldLayer().forward(x));
        var magnitude = x.abs().to_type(float64);
        AssertClose(expected.RoundingBound(magnitude, zeros_like(magnitude)), actual.RoundingBound(magnitude, zeros_like(magnitude)));
        AssertSame(expected.GetCertificate(), actual.GetCertificate());
    }

    [Fact]
    public void A_grouped_convolution_of_any_channels_is_that_of_TorchSharp()
    {
        random.manual_seed(6);
        foreach (var (channels, filters) in new[] { (2, 2), (6, 4), (4, 10) })
        {
            using var layer = SizedForms.Make("GroupedPlain", channels, filters);
            var (weight, bias) = (layer.get_parameter("weight")!, layer.get_parameter("bias")!);
            Assert.Equal([filters, channels / 2, 3, 3], weight.shape);
            var x = randn(3, channels, 8, 9);
            var (one, two) = (x.clone().requires_grad_(), x.clone().requires_grad_());
            var y = nn.functional.conv2d(one, weight, bias, strides: [2, 2], groups: 2);
            AssertClose(y, layer.forward(two));
            y.square().sum().backward();
            var expected = new[] { weight.grad!.clone(), bias.grad!.clone() };
            layer.zero_grad();
            layer.forward(two).square().sum().backward();
            AssertClose(one.grad!, two.grad!);
            AssertClose(expected[0], weight.grad!);
            AssertClose(expected[1], bias.grad!);
        }
    }

    [Theory]
    [InlineData(12, 3)]
    [InlineData(10, 5)]
    [InlineData(7, 1)]
    public void Attention_of_any_sizes_is_that_of_TorchSharp(int width, int heads)
    {
        random.manual_seed(7);
        using var layer = SizedForms.Make("AttentionPlain", width, heads);
        var state = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        var x = randn(3, 4, width);
        var (one, two) = (x.clone().requires_grad_(), x.clone().requires_grad_());
        Tensor Project(string part, Tensor of) => nn.functional.linear(of, state[part + ".weight"], state[part + ".bias"]);
        Tensor Heads(string part) => Project(part, one).reshape(3, 4, heads, -1).transpose(1, 2);
        var y = Project("output", nn.functional.scaled_dot_product_attention(Heads("query"), Heads("key"), Heads("value")).transpose(1, 2).reshape(3, 4, width));
        AssertClose(y, layer.forward(two));
        y.square().sum().backward();
        var expected = state.ToDictionary(pair => pair.Key, pair => pair.Value.grad!.clone());
        layer.zero_grad();
        layer.forward(two).square().sum().backward();
        AssertClose(one.grad!, two.grad!);
        Assert.All(expected, pair => AssertClose(pair.Value, state[pair.Key].grad!));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_by_the_name_of_the_layer()
    {
        AssertRefused("GroupedPlain", "channels", 5, "a multiple of 2, the number of groups", [5, 6]);
        AssertRefused("GroupedPlain", "filters", 7, "a multiple of 2, the number of groups", [4, 7]);
        AssertRefused("GroupedCodes", "channels", 10, "a multiple of 3, the number of groups", [10]);
        AssertRefused("GroupedFilters", "filters", 2, "a multiple of 4, the number of groups", [2]);
        AssertRefused("AttentionPlain", "width", 10, "a multiple of 3, the number of heads", [10, 3]);
        AssertRefused("AttentionPlain", "heads", 0, "at least 1", [10, 0]);
        AssertRefused("AttentionShared", "heads", 3, "a multiple of 2, the heads of keys", [9, 3]);
        AssertRefused("AttentionOneKey", "width", 10, "a multiple of 4, the number of heads", [10]);
        AssertRefused("AttentionHeads", "heads", 6, "a divisor of 8, the values per token", [6]);
        AssertRefused("AttentionKeys", "heads", 4, "a multiple of 3, the heads of keys", [8, 4, 3]);
        AssertRefused("AttentionKeys", "kvHeads", -1, "at least 1", [8, 3, -1]);
        AssertRefused("AttentionKeysAlone", "kvHeads", 3, "a divisor of 4, the heads of queries", [3]);
        AssertRefused("GroupedPlain", "channels", 0, "at least 1", [0, 6]);
    }

    [Theory]
    [InlineData(8, 6, 12)]
    [InlineData(5, 3, 4)] // a quarter of 15 places is 3.75
    [InlineData(1, 1, 1)] // at least one, or the layer would be cut off
    public void Parallel_masks_of_any_size_have_their_share_of_ones(int inputs, int outputs, int ones)
    {
        random.manual_seed(8);
        using var layer = SizedForms.Make("Branches", inputs, outputs);
        var masked = Assert.Single(layer.GetMaskedParameters());
        Assert.Equal([4, outputs, inputs], masked.Mask.shape);
        Assert.All(masked.Mask.sum([1, 2]).data<float>().ToArray(), sum => Assert.Equal(ones, sum));

        var x = randn(3, inputs);
        AssertClose(nn.functional.linear(x, (masked.Mask * masked.Weight).sum(dim: 0), layer.get_parameter("bias")), layer.forward(x));
        var y = new float[3 * outputs];
        ((FoldedLinear)layer.Fold()).Forward(x.data<float>().ToArray(), y, 3);
        AssertClose(layer.forward(x), tensor(y).view(3, outputs));
        Assert.Contains("columns", Assert.Throws<LayerSizeException>(() => SizedForms.Make("Branches", 1 << 15, 1 << 15)).Message, StringComparison.Ordinal); // four times 2³⁰
    }

    [Fact]
    public void The_cost_of_a_branch_and_of_a_merged_weight_are_formulas_in_the_sizes()
    {
        // Rank 2 from n inputs to m outputs: six thin products and one again, which the twin with numbers keeps; or B A in both passes and a gradient of each factor.
        var text = SizedForms.CertificateOf("Branch");
        Assert.Contains("is a branch below 16·N·M / (16·N + 12·M) rows, a number that the constructor computes:", text, StringComparison.Ordinal);
        Assert.Contains("16·N + 12·M FLOPs for a row of the batch", text, StringComparison.Ordinal);
        Assert.Contains("merged into it first: 16·N·M FLOPs and 4·N·M bytes a pass", text, StringComparison.Ordinal);
        Assert.Contains("is a branch below 10 rows:", SizedForms.CertificateOf("BranchNumbered0"), StringComparison.Ordinal);
        Assert.Contains("336 FLOPs for a row of the batch", SizedForms.CertificateOf("BranchNumbered0"), StringComparison.Ordinal);
        Assert.Contains("3,072 FLOPs and 768 bytes a pass", SizedForms.CertificateOf("BranchNumbered0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_that_are_no_polynomials_are_formulas_too()
    {
        // Four masks with a quarter of the places each, a value of 4 and a column of 2 or 4 bytes per number, 4 bytes per row and one.
        var text = SizedForms.CertificateOf("Branches");
        Assert.Contains("parameters  4·N·M + M → min(4·max(1, round(0.25·N·M)), N·M) + M after folding", text, StringComparison.Ordinal);
        Assert.Contains("FLOPs       2·N·M + M → 2·min(4·max(1, round(0.25·N·M)), N·M) + M per sample", text, StringComparison.Ordinal);
        Assert.Contains("→ 4·M + min(4·N·M, (6 + 2·[N > 65,536])·min(4·max(1, round(0.25·N·M)), N·M) + 4·M + 4) in float32, at most", text, StringComparison.Ordinal);
        Assert.Contains("6·⌈36·(Channels / 3) / 8⌉ + 24 in codes: Uniform 4 bits, groups of 9·(Channels / 3)", SizedForms.CertificateOf("GroupedCodes"), StringComparison.Ordinal);
        Assert.All(SizedForms.Certificates, other => Assert.DoesNotMatch(@"Math\.|LayerSizes|\dL\b| \* ", other));
    }

    private static void AssertRefused(string layer, string size, long actual, string required, long[] sizes)
    {
        var refusal = Assert.Throws<LayerSizeException>(() => SizedForms.Make(layer, sizes));
        Assert.Equal((layer, size, actual, required), (refusal.Layer, refusal.Size, refusal.Actual, refusal.Required));
    }

    private static void AssertSame(LayerCertificate expected, LayerCertificate actual)
    {
        Assert.Equal(
            (expected.Parameters, expected.FoldedParameters, expected.TrainingFlops, expected.InferenceFlops, expected.StoredBytes, expected.FoldedBytes, expected.RoundingFactor),
            (actual.Parameters, actual.FoldedParameters, actual.TrainingFlops, actual.InferenceFlops, actual.StoredBytes, actual.FoldedBytes, actual.RoundingFactor));
        Assert.Equal(expected.Verdict, actual.Verdict);
    }

    private static IEnumerable<(string Name, string Shape)> Shapes(nn.Module module) => module.state_dict().Select(pair => (pair.Key, string.Join(",", pair.Value.shape)));

    /// <summary>Moves every stored number away from where it starts, positive ones by a factor.</summary>
    private static void Disturb(nn.Module module)
    {
        using var noGradient = no_grad();
        foreach (var (_, parameter) in module.named_parameters().ToArray())
        {
            parameter.mul_(1 + (0.2 * rand(parameter.shape))).add_(parameter.min().item<float>() > 0 ? zeros_like(parameter) : 0.1 * randn(parameter.shape));
        }
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(expected.shape.SequenceEqual(actual.shape) && (expected - actual).abs().max().to_type(float64).item<double>() <= Tolerance * Math.Max(1, expected.abs().max().to_type(float64).item<double>()), $"{expected} and {actual}");
}
