using LayerDsl.Tests.Core;
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
    public void The_torch_fold_of_a_model_computes_the_same()
    {
        using var scope = NewDisposeScope();
        var model = new Encoder();
        model.eval();
        var x = randn(3, 5, 12);
        AttentionTests.AssertClose(model.call(x), model.FoldTorch().call(x), 2e-5);
    }
}
