using LayerDsl.Tests.Core;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Sparse;

/// <summary>Wide between layers, with a residual connection inside: the model's own sizes, 10 and 3, stay.</summary>
[LayerModel]
public sealed partial class WideNet : nn.Module<Tensor, Tensor>
{
    [Linear(10, 16), SparseIso(0.75)]
    public partial Layer First { get; }

    [Linear(16, 16), SparseIso(0.75, Mask = MaskSchedule.RigL), Compander]
    public partial Layer Middle { get; }

    [Linear(16, 3), LowRank(2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = First.forward(x).relu();
        h = h + Middle.forward(h).gelu();
        return Head.forward(h);
    }
}

public sealed class WideTests
{
    [Fact]
    public void Hidden_widths_double_at_a_sparsity_of_three_quarters_and_the_borders_stay()
    {
        var model = new WideNet();
        var shapes = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.shape);
        Assert.Equal([32L, 10L], shapes["First.weight"]);
        Assert.Equal([32L, 10L], shapes["First.mask"]);
        Assert.Equal([32L, 32L], shapes["Middle.v"]);
        Assert.Equal([3L, 32L], shapes["Head.weight"]);
        Assert.Equal([5L, 3L], model.forward(randn(5, 10)).shape);
        Assert.Equal(80, model.First.GetMaskedParameters()[0].Mask.sum().item<float>());

        // 4 · 16² places of which a quarter is live: as many operations as the dense layer, and its bias is wider.
        Assert.Equal((2 * 16 * 16) + 32, model.Middle.GetCertificate().InferenceFlops);
    }

    [Fact]
    public void A_wide_model_folds_to_sparse_layers_within_the_bound_and_survives_its_file()
    {
        manual_seed(4);
        var model = new WideNet();
        var sample = randn(20, 10);
        var report = model.VerifyFold(sample);
        Assert.True(report.Rows[^1].LargestRatio <= 1);
        var folded = model.Fold();
        Assert.Equal([.. folded.Layers.Select(layer => layer.ByteCount), folded.ByteCount], report.Rows.Select(row => row.FoldedBytes));
        Assert.Contains("folded bytes", report.ToString(), StringComparison.Ordinal);
        Assert.Equal([typeof(FoldedSparseLinear), typeof(FoldedSparseLinear), typeof(FoldedLinear)], folded.Layers.Select(layer => layer.GetType()));
        Assert.All(folded.Layers.Zip(model.Certificates), pair => Assert.Equal(pair.Second.FoldedBytes, pair.First.ByteCount));

        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "wide.safetensors");
        folded.Save(path);
        var loaded = WideNet.Folded.Load(path);
        Assert.Equal(folded.Layers.Select(layer => layer.GetType()), loaded.Layers.Select(layer => layer.GetType()));
        var x = sample.data<float>().ToArray();
        var (y, again) = (new float[60], new float[60]);
        folded.Forward(x, y, 20);
        loaded.Forward(x, again, 20);
        Assert.Equal(y, again);
        var plain = model.FoldTorch().forward(sample);
        GradientTests.AssertClose(plain.detach().reshape(-1), tensor(y), 1e-5, "output");
    }

    [Fact]
    public void A_wide_model_trains_with_moving_masks()
    {
        manual_seed(5);
        var model = new WideNet();
        var optimizer = optim.Adam(model.parameters(), 0.01);
        var trainer = new SparseTrainer(model, optimizer, new SparseTrainerOptions(60) { Interval = 5 });
        var x = randn(64, 10);
        var target = x.matmul(randn(10, 3)).tanh();
        var losses = new List<float>();
        for (var step = 0; step < 60; step++)
        {
            optimizer.zero_grad();
            var loss = (model.forward(x) - target).square().mean();
            loss.backward();
            _ = optimizer.step();
            _ = trainer.Step();
            losses.Add(loss.item<float>());
        }

        Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[0]} → {losses[^1]}");
        Assert.Equal(256, model.Middle.GetMaskedParameters()[0].Mask.sum().item<float>());
    }
}
