using LayerDsl.Tests.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Attention;

/// <summary>Attention within models: trained, folded, verified, saved and loaded.</summary>
public sealed class AttentionModelTests
{
    [Fact]
    public void A_model_learns_and_its_fold_is_verified()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = new Encoder();
        var (x, target) = (randn(16, 5, 12), randn(16, 5, 4));
        using var optimizer = optim.Adam(model.parameters(), 0.01);
        double Loss() => nn.functional.mse_loss(model.call(x), target).item<float>();
        var before = Loss();
        for (var step = 0; step < 30; step++)
        {
            optimizer.zero_grad();
            nn.functional.mse_loss(model.call(x), target).backward();
            optimizer.step();
        }

        var report = model.VerifyFold(x);

        Assert.True(Loss() < 0.9 * before);
        Assert.Equal(["Mixer", "Second", "Head", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
    }

    [Fact]
    public void A_saved_model_is_loaded_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "encoder.safetensors");
        var folded = new Encoder().Fold();
        var x = randn(3, 5, 12).data<float>().ToArray();
        var (expected, actual) = (new float[3 * 5 * 4], new float[3 * 5 * 4]);

        folded.Save(path);
        folded.Forward(x, expected, 3);
        Encoder.Folded.Load(path).Forward(x, actual, 3);

        Assert.Equal(expected, actual);
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 64;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<FoldedFileException>(() => Encoder.Folded.Load(path));
        File.WriteAllBytes(path, bytes[..^40]);
        Assert.Throws<FoldedFileException>(() => Encoder.Folded.Load(path));
    }

    [Fact]
    public void Sparse_companded_and_rounded_projections_fold_beside_each_other()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var layer = new SparseAndRounded();
        var x = randn(4, 7, 12);
        Assert.Throws<NotCalibratedException>(layer.Fold);
        layer.Calibrate([x], new CalibrationOptions());
        layer.eval();

        var folded = layer.Fold();
        var y = new float[x.numel()];
        folded.Forward(x.data<float>().ToArray(), y, 4, 7);

        Assert.NotNull(folded.Output.Activation);

        // A value that lies on a threshold of the rounded input may go to either side: a step of it times a weight.
        var step = folded.Output.Activation!.Scale * folded.Output.InFeatures;
        AttentionTests.AssertClose(layer.forward(x), tensor(y, x.shape), step);
        Assert.True((layer.forward(x) - tensor(y, x.shape)).abs().le(1e-4).to_type(float32).mean().item<float>() > 0.95);
    }

    [Fact]
    public void Gradients_of_gradients_are_those_of_the_tape()
    {
        using var scope = NewDisposeScope();
        var layer = new OneHeadAttention();
        layer.to(float64);
        var x = randn(1, 4, 8, float64).requires_grad_(true);
        var other = x.detach().clone().requires_grad_(true);
        var weights = layer.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.detach());

        Tensor Penalty(Tensor y, Tensor input) => autograd.grad([y.square().sum()], [input], retain_graph: true, create_graph: true)[0].square().sum();
        Penalty(layer.forward(x), x).backward();
        Penalty(Plain(weights, other), other).backward();

        AttentionTests.AssertClose(other.grad!, x.grad!, 1e-9);

        static Tensor Plain(Dictionary<string, Tensor> w, Tensor input)
        {
            var scores = input.matmul(w["query.weight"].t()).matmul(input.matmul(w["key.weight"].t()).transpose(-2, -1)) / Math.Sqrt(8);
            return scores.softmax(-1).matmul(input.matmul(w["value.weight"].t())).matmul(w["output.weight"].t());
        }
    }

    [Fact]
    public void The_torch_fold_of_a_model_computes_the_same()
    {
        using var scope = NewDisposeScope();
        var model = new Encoder();
        model.eval();
        var x = randn(3, 5, 12);
        AttentionTests.AssertClose(model.call(x), model.FoldTorch().call(x), 2e-5);
    }
}
