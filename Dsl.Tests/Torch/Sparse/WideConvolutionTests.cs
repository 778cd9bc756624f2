using LayerDsl.Tests.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Sparse;

/// <summary>Wide through convolutions, a batch normalization, a residual connection, pooling and flatten; 1 channel and 3 outputs stay.</summary>
[LayerModel(1, 8, 8)]
public sealed partial class WideConvNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 8, 3, Padding = 1), SparseIso(0.75)]
    public partial Layer Stem { get; }

    [BatchNorm2d(8)]
    public partial Layer StemNorm { get; }

    [Conv2d(8, 8, 3, Padding = 1, Bias = false), SparseIso(0.75, Mask = MaskSchedule.RigL)]
    public partial Layer Middle { get; }

    [Conv2d(8, 4, 3), SparseIso(0.75), Quantize(Bits = 4)]
    public partial Layer Codes { get; }

    [Linear(16, 3), Compander]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = nn.functional.max_pool2d(StemNorm.forward(Stem.forward(x)).relu(), 2);
        h = h + Middle.forward(h).relu();
        return Head.forward(Codes.forward(h).relu().flatten(1));
    }
}

public sealed class WideConvolutionTests
{
    [Fact]
    public void Channels_double_at_a_sparsity_of_three_quarters_and_the_borders_stay()
    {
        var model = new WideConvNet();
        var shapes = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.shape);
        Assert.Equal([16L, 1L, 3L, 3L], shapes["Stem.weight"]);
        Assert.Equal([16L], shapes["StemNorm.running_mean"]);
        Assert.Equal([16L, 16L, 3L, 3L], shapes["Middle.mask"]);
        Assert.Equal([8L, 16L, 3L, 3L], shapes["Codes.weight"]);
        Assert.Equal([3L, 32L], shapes["Head.v"]);
        Assert.Equal([5L, 3L], model.forward(randn(5, 1, 8, 8)).shape);

        // A quarter of 4 · (8 · 8 · 9) places is live: as many operations as the dense layer's.
        Assert.Equal(8 * 8 * 9, model.Middle.GetMaskedParameters()[0].Mask.sum().item<float>());
        Assert.Equal(2 * 8 * 8 * 9, model.Middle.GetCertificate().InferenceFlops);
    }

    [Fact]
    public void Values_and_gradients_are_those_of_masked_convolutions_on_the_tape()
    {
        manual_seed(7);
        var layer = new WideConvNet().Middle;
        layer.to(float64);
        layer.GetMaskedParameters()[0].Mask.requires_grad = true;
        var weight = layer.named_parameters().Single().parameter;
        var mask = layer.GetMaskedParameters()[0].Mask.detach().clone().requires_grad_(true);
        var (copy, x) = (weight.detach().clone().requires_grad_(true), randn([2, 16, 4, 4], float64).requires_grad_(true));
        var other = x.detach().clone().requires_grad_(true);
        var y = layer.forward(x);
        var expected = nn.functional.conv2d(other, copy * mask, padding: [1, 1]);
        var upstream = randn_like(y);
        (y * upstream).sum().backward();
        (expected * upstream).sum().backward();
        GradientTests.AssertClose(expected, y, 1e-9, "output");
        GradientTests.AssertClose(copy.grad!, weight.grad!, 1e-9, "weight");
        GradientTests.AssertClose(other.grad!, x.grad!, 1e-9, "input");
        Assert.NotNull(layer.GetMaskedParameters()[0].Mask.grad);
    }

    /// <summary>The batch normalization is merged into the rows of the stem; what folds to codes stays in codes.</summary>
    [Fact]
    public void A_wide_model_folds_to_sparse_kernels_within_the_bound_and_survives_its_file()
    {
        manual_seed(8);
        var model = new WideConvNet();
        _ = model.forward(randn(32, 1, 8, 8));
        model.eval();
        var sample = randn(20, 1, 8, 8);
        Assert.All(model.VerifyFold(sample).Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        var folded = model.Fold();
        Assert.Equal([typeof(FoldedSparseConv2d), typeof(FoldedSparseConv2d), typeof(FoldedConv2d), typeof(FoldedLinear)], folded.Layers.Select(layer => layer.GetType()));
        Assert.Equal(model.Middle.GetCertificate().FoldedBytes, folded.Layers[1].ByteCount);
        Assert.True(folded.Layers[1].ByteCount < 0.4 * 4 * 16 * 16 * 9);
        var pair = Assert.Single(model.Certificates, certificate => certificate.Layer.Contains('+'));
        Assert.Equal(36 + 16, pair.FoldedParameters);
        Assert.Equal((2 * 36) + 16, pair.InferenceFlops);

        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "wide.safetensors");
        folded.Save(path);
        var loaded = WideConvNet.Folded.Load(path);
        Assert.Equal(folded.Layers.Select(layer => layer.GetType()), loaded.Layers.Select(layer => layer.GetType()));
        var (x, y, again) = (sample.data<float>().ToArray(), new float[60], new float[60]);
        folded.Forward(x, y, 20);
        loaded.Forward(x, again, 20);
        Assert.Equal(y, again);
        GradientTests.AssertClose(model.FoldTorch().forward(sample).detach().reshape(-1), tensor(y), 1e-4, "output");
    }

    [Fact]
    public void A_wide_model_trains_with_moving_masks()
    {
        manual_seed(9);
        var model = new WideConvNet();
        var optimizer = optim.AdamW(model.parameters(), 0.01, weight_decay: 0.1);
        var trainer = new SparseTrainer(model, optimizer, new SparseTrainerOptions(40) { Interval = 5 });
        var x = randn(64, 1, 8, 8);
        var target = x.flatten(1).matmul(randn(64, 3)).tanh();
        var losses = new List<float>();
        for (var step = 0; step < 40; step++)
        {
            optimizer.zero_grad();
            var loss = (model.forward(x) - target).square().mean();
            loss.backward();
            _ = optimizer.step();
            _ = trainer.Step();
            losses.Add(loss.item<float>());
        }

        Assert.True(losses[^1] < 0.7 * losses[0], $"{losses[0]} → {losses[^1]}");
        var part = model.Middle.GetMaskedParameters()[0];
        Assert.Equal(576, part.Mask.sum().item<float>());
        Assert.Equal(0, (part.Weight * (1 - part.Mask)).count_nonzero().item<long>());
    }
}
