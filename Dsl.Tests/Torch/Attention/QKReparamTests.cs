using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Proof;
using LayerDsl.Tests.Core;
using LayerDsl.Tests.Proof;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Attention;

[Attention(12, 3), QKReparam]
public sealed partial class MergedAttention;

[Attention(12, 3, Causal = true, Bias = false), QKReparam]
public sealed partial class BareMerge;

[Attention(12, 3, Causal = true, Bias = false), QKReparam, Quantize(Bits = 3, Scheme = Scheme.StatsQ, On = Part.Query | Part.Key)]
public sealed partial class RoundedMerge;

[Attention(12, 2), QKReparam, Quantize(Bits = 4, Scheme = Scheme.Lsq, Granularity = Granularity.Group, GroupSize = 4, On = Part.Query | Part.Key), LowRank(2, On = Part.Value)]
public sealed partial class GroupedMerge;

[Attention(12, 2), QKReparam, Quantize(Bits = 2, Scheme = Scheme.Binary)]
public sealed partial class BinaryMerge;

[LayerModel(5, 12)]
public sealed partial class MergedModel : nn.Module<Tensor, Tensor>
{
    [Attention(12, 3), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public partial Layer Mixer { get; }

    public override Tensor forward(Tensor x) => x + Mixer.forward(x);
}

[LayerModel(5, 12)]
public sealed partial class BareMergedModel : nn.Module<Tensor, Tensor>
{
    [Attention(12, 3, Bias = false), QKReparam]
    public partial Layer Mixer { get; }

    public override Tensor forward(Tensor x) => x + Mixer.forward(x);
}

/// <summary>Queries and keys with one weight: proved equal, with the gradients of the paper, folded to codes of W_qk alone.</summary>
public sealed class QKReparamTests
{
    public static TheoryData<string> All => ["merged", "bare", "rounded", "grouped", "binary"];

    [Theory]
    [InlineData("Attention(dim = 12, heads = 3), QKReparam")]
    [InlineData("Attention(dim = 12, heads = 3, Causal = true), QKReparam")]
    [InlineData("Attention(dim = 12, heads = 3, Causal = true, Bias = false), QKReparam")]
    public void The_merged_scores_are_proved_for_every_size(string declaration)
    {
        var core = AttentionCore.Of(Declarations.Task(declaration).Layer);
        Assert.IsType<Verdict.Proved>(Prover.Prove(core.Merge!, CancellationToken.None));
        Assert.IsType<Verdict.Proved>(Prover.Prove(core.Shift, CancellationToken.None));
    }

    /// <summary>Whose biases, against attention with all of them, by TorchSharp's tape; 1e-9 is above a thousand roundings of values around 10 in float64.</summary>
    [Theory]
    [InlineData("merged")]
    [InlineData("bare")]
    public void Values_and_gradients_are_those_of_queries_and_keys_apart(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        var hasBias = name == "merged";
        layer.to(float64);
        var x = randn(2, 7, 12, float64).requires_grad_(true);
        var other = x.detach().clone().requires_grad_(true);
        var above = randn_like(x);
        string NameOf(string own) => own == "queryKey.key" ? "key.weight" : own;
        var weights = layer.named_parameters().Where(pair => pair.name != "queryKey.query").ToDictionary(pair => NameOf(pair.name), pair => pair.parameter.detach().clone().requires_grad_(true));
        var query = layer.named_parameters().Single(pair => pair.name == "queryKey.query").parameter;
        weights["query.weight"] = query.detach()[.., ..12].clone().requires_grad_(true);
        if (hasBias)
        {
            weights["query.bias"] = query.detach()[.., 12].clone().requires_grad_(true);
            weights["key.bias"] = randn(12, float64).requires_grad_(true);
        }

        var y = layer.forward(x);
        (y * above).sum().backward();
        var expected = AttentionReference.Forward(weights, other, 3, 3, causal: !hasBias);
        (expected * above).sum().backward();

        AttentionTests.AssertClose(expected, y, 1e-9);
        AttentionTests.AssertClose(other.grad!, x.grad!, 1e-9);
        Assert.All(layer.named_parameters().Where(pair => pair.name != "queryKey.query"), pair => AttentionTests.AssertClose(weights[NameOf(pair.name)].grad!, pair.parameter.grad!, 1e-9));
        AttentionTests.AssertClose(weights["query.weight"].grad!, query.grad![.., ..12], 1e-9);
        Assert.Equal([12, hasBias ? 13 : 12], query.shape);
        if (hasBias)
        {
            AttentionTests.AssertClose(weights["query.bias"].grad!, query.grad![.., 12], 1e-9);
            AttentionTests.AssertClose(zeros(12, float64), weights["key.bias"].grad!, 1e-9); // what the layer leaves out has no effect
        }
    }

    /// <summary>OFQ: rows of the stack of all heads on their own grids, dW_q = W_k Gᵀ and dW_k = W_q G with the gradient G of the rounded weight.</summary>
    [Fact]
    public void StatsQ_rounds_the_rows_of_the_stack_and_passes_gradients_straight_through()
    {
        using var scope = NewDisposeScope();
        var layer = Make("rounded");
        layer.to(float64);
        var state = layer.state_dict();
        var (query, key) = (state["queryKey.query"].detach().reshape(3, 4, 12), state["queryKey.key"].detach().reshape(3, 4, 12));
        var stack = query.transpose(1, 2).bmm(key).reshape(36, 12);
        var s = 2 * stack.abs().mean([1], keepdim: true);
        var rounded = (s * (((stack / s).clamp(-1, 1 - 1e-6) * 4 - 0.5).round().clamp(-4, 3) + 0.5) / 4).reshape(3, 12, 12).detach().requires_grad_(true);
        var x = randn(2, 5, 12, float64);

        var y = layer.forward(x);
        y.sum().backward();
        var scores = x.unsqueeze(1).matmul(rounded).matmul(x.unsqueeze(1).transpose(-2, -1)) / 2;
        var mask = full(5, 5, double.NegativeInfinity, float64).triu(1);
        var v = nn.functional.linear(x, state["value.weight"].detach()).reshape(2, 5, 3, 4).transpose(1, 2);
        var expected = nn.functional.linear((scores + mask).softmax(-1).matmul(v).transpose(1, 2).reshape(2, 5, 12), state["output.weight"].detach());
        expected.sum().backward();
        var above = rounded.grad!;

        AttentionTests.AssertClose(expected, y, 1e-9);
        AttentionTests.AssertClose(key.bmm(above.transpose(1, 2)).reshape(12, 12), Gradient(layer, "queryKey.query"), 1e-9);
        AttentionTests.AssertClose(query.bmm(above).reshape(12, 12), Gradient(layer, "queryKey.key"), 1e-9);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_folded_layer_computes_the_same_with_the_merged_weight_alone(string name)
    {
        using var scope = NewDisposeScope();
        var layer = Make(name);
        layer.eval();
        var x = randn(2, 7, 12);
        var y = new float[x.numel()];

        var folded = (FoldedAttention)layer.Fold();
        folded.Forward(x.data<float>().ToArray(), y, 2, 7);

        Assert.Null(folded.Query);
        Assert.Equal((folded.Geometry.QueryBias ? 13 : 12) * folded.Geometry.Heads, folded.Key.OutFeatures);
        Assert.Equal(name is not ("rounded" or "bare"), folded.Geometry.QueryBias);
        Assert.Equal(name is not ("merged" or "bare"), folded.Key.Quantized is not null);
        AttentionTests.AssertClose(layer.forward(x), tensor(y, x.shape), 5e-5);
        AttentionTests.AssertClose(layer.forward(x), layer.FoldLayer().forward(x), 5e-5);
    }

    [Fact]
    public void A_model_is_verified_saved_and_loaded()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var model = new MergedModel();
        SavedAndLoaded(model, new MergedModel(), model.VerifyFold(randn(8, 5, 12)), model.Fold(), MergedModel.Folded.Load);
    }

    [Fact]
    public void A_model_without_biases_is_verified_saved_and_loaded()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var model = new BareMergedModel();
        SavedAndLoaded(model, new BareMergedModel(), model.VerifyFold(randn(8, 5, 12)), model.Fold(), BareMergedModel.Folded.Load);
    }

    [Fact]
    public void The_file_of_a_model_without_biases_is_not_taken_for_one_with()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "bare.safetensors");
        new BareMergedModel().Fold().Save(path);
        Assert.Throws<FoldedFileException>(() => MergedModel.Folded.Load(path));
    }

    private static void SavedAndLoaded(nn.Module<Tensor, Tensor> model, nn.Module<Tensor, Tensor> other, FoldReport report, FoldedModel folded, Func<string, FoldedModel> load)
    {
        using var directory = new TemporaryDirectory();
        var (path, state) = (Path.Combine(directory.Path, "merged.safetensors"), Path.Combine(directory.Path, "merged.dat"));
        var input = randn(2, 5, 12);
        var x = input.data<float>().ToArray();
        var (expected, actual) = (new float[x.Length], new float[x.Length]);

        model.save(state);
        other.load(state);
        folded.Save(path);
        folded.Forward(x, expected, 2);
        load(path).Forward(x, actual, 2);

        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.Equal(expected, actual);
        AttentionTests.AssertClose(model.forward(input), other.forward(input), 0);
    }

    [Fact]
    public void Weights_of_queries_and_keys_are_loaded_as_factors()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var layer = new MergedAttention();
        var (weight, bias) = (randn(48, 12), randn(48));
        layer.LoadWeight(weight, bias);
        AttentionTests.AssertClose(weight.narrow(0, 12, 12), layer.state_dict()["queryKey.key"], 0);
        AttentionTests.AssertClose(cat([weight.narrow(0, 0, 12), bias.narrow(0, 0, 12).unsqueeze(1)], 1), layer.state_dict()["queryKey.query"], 0);
        layer.LoadWeight(weight / 2);
        AttentionTests.AssertClose(bias.narrow(0, 0, 12), layer.state_dict()["queryKey.query"][.., 12], 0);

        var plain = new FullAttention();
        plain.LoadWeight(weight / 2, bias);
        plain.to(float64);
        layer.to(float64);
        var x = randn(2, 5, 12, float64);
        AttentionTests.AssertClose(plain.forward(x), layer.forward(x), 1e-9); // above a thousand roundings of values around 10

        var bare = new BareMerge();
        Assert.Throws<LayerShapeException>(() => bare.LoadWeight(weight, bias));
        bare.LoadWeight(weight);
        AttentionTests.AssertClose(weight.narrow(0, 0, 12), bare.state_dict()["queryKey.query"], 0);
    }

    /// <summary>A head as wide as one value: its stack could be taken for that of more heads without a bias.</summary>
    [Theory]
    [InlineData(12, 12, true)]
    [InlineData(12, 12, false)]
    [InlineData(12, 1, true)]
    [InlineData(1, 1, true)]
    [InlineData(1, 1, false)]
    [InlineData(30, 5, false)]
    public void Rows_of_the_stack_tell_heads_and_bias(int dim, int heads, bool bias)
    {
        var factors = HeadFactors.Of(heads * (dim + (bias ? 1 : 0)), dim);
        Assert.Equal((heads, dim / heads, dim, bias), (factors.Heads, factors.HeadSize, factors.Dim, factors.QueryBias));
    }

    private static Tensor Gradient(Layer layer, string name) => layer.named_parameters().Single(pair => pair.name == name).parameter.grad!;

    private static Layer Make(string name)
    {
        manual_seed(3);
        Layer layer = name switch
        {
            "merged" => new MergedAttention(),
            "bare" => new BareMerge(),
            "rounded" => new RoundedMerge(),
            "grouped" => new GroupedMerge(),
            "binary" => new BinaryMerge(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no layer"),
        };
        if (name != "grouped")
        {
            References.Disturb(layer, 5);
        }

        return layer;
    }
}
