using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Attention that is trained on an accelerator equals the same layer trained by TorchSharp.</summary>
public sealed class AttentionTrainerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    /// <summary>Width, heads and options of the layer with its methods, and the tokens of a sample.</summary>
    private static readonly (string Layer, long[] Sample)[] Layers =
    [
        ("Attention(6, 2)", [5, 6]),
        ("Attention(6, 3, Causal = true, Bias = false)", [4, 6]),
        ("Attention(8, 4, KvHeads = 2)", [7, 8]),
        ("Attention(8, 4, KvHeads = 1, Causal = true), LowRank(1, On = Part.Query | Part.Value), Compander(On = Part.Output)", [3, 8]),
        ("Attention(1, 1)", [1, 1]),
        ("Attention(6, 2), QKReparam", [5, 6]),
        ("Attention(6, 3, Causal = true, Bias = false), QKReparam, Compander(On = Part.Value)", [3, 6]),
        ("Attention(8, 2, Causal = true), QKReparam, Quantize(Bits = 4, On = Part.Query | Part.Key)", [17, 8]),
        ("Attention(8, 4, Bias = false), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ)", [9, 8]),
        ("Attention(4, 1), Quantize(Bits = 4, On = Part.Key | Part.Output)", [2, 17, 4]),
    ];

    [Fact]
    public void Outputs_and_gradients_are_those_of_TorchSharp_for_all_kinds_of_heads()
    {
        var run = GeneratorRun.OnDevice(string.Concat(Layers.Select((layer, number) =>
            $"[LayerModel({string.Join(", ", layer.Sample)})] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [LayerNorm({layer.Sample[^1]})] public partial Layer Norm {{ get; }} [{layer.Layer}] public partial Layer Mixer {{ get; }} [Linear({layer.Sample[^1]}, 3)] public partial Layer Head {{ get; }} public override Tensor forward(Tensor x) => Head.forward(x + Mixer.forward(Norm.forward(x * 2))); }}\n")));

        Assert.Empty(run.Diagnostics);
        Assert.DoesNotContain(run.Information, found => found.Id == "LDSL312");
        Assert.Contains("Products = 2", run.File("Model5+MixerLayer+QueryKeyLayerOnDevice.g.cs"), StringComparison.Ordinal);
        var assembly = run.Load();
        for (var number = 0; number < Layers.Length; number++)
        {
            using var trained = TrainerRun.Of(assembly.GetType($"Model{number}")!, device);
            trained.PassesAgree(batch: 2, seed: 1, Layers[number].Sample);
            trained.PassesAgree(batch: 3, seed: 3, Layers[number].Sample);
        }
    }

    [Theory]
    [InlineData(11585, false)] // 2 · 11585² < 2²⁸
    [InlineData(11586, true)]
    public void More_scores_than_an_index_reaches_are_refused(int tokens, bool isRefused)
    {
        var run = GeneratorRun.OnDevice($"[LayerModel({tokens}, 8)] public sealed partial class M : nn.Module<Tensor, Tensor> {{ [Attention(8, 2)] public partial Layer Mixer {{ get; }} public override Tensor forward(Tensor x) => Mixer.forward(x); }}");
        var found = run.Information.Where(found => found.Id == "LDSL312").ToArray();

        Assert.Empty(run.CompileErrors);
        Assert.Equal(isRefused ? 1 : 0, found.Length);
        Assert.All(found, refusal => Assert.Contains("has more scores for a sample than an index of a device reaches", refusal.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    [Fact]
    public void Heads_of_all_samples_fit_into_a_grid()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel(3, 2, 8)] public sealed partial class M : nn.Module<Tensor, Tensor> { [Attention(8, 8)] public partial Layer Mixer { get; } public override Tensor forward(Tensor x) => Mixer.forward(x); }
            [LayerModel(9000, 1, 8)] public sealed partial class N : nn.Module<Tensor, Tensor> { [Attention(8, 8)] public partial Layer Mixer { get; } public override Tensor forward(Tensor x) => Mixer.forward(x); }
            """);

        Assert.Contains("MostSamples: 2730)", run.File("M.TrainerOnDevice.g.cs"), StringComparison.Ordinal); // 24 heads, 65,535 groups
        Assert.Contains("has more heads for a sample than a grid of a device reaches", Assert.Single(run.Information, found => found.Id == "LDSL312").GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
