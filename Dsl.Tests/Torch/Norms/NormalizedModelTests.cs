using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Norms;

public sealed class NormalizedModelTests : IDisposable
{
    private readonly Core.TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Verifying_a_fold_compares_in_eval_mode_and_leaves_the_model_as_it_was()
    {
        var net = Trained(new NormalizedNet());
        net.Rows.eval();
        var before = net.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());

        var report = net.VerifyFold((randn(300, 2, 6, 6) * 2) + 1);

        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.Equal(["Whitened", "Stem", "Rows", "Hidden", "Scaled", "Head", "output"], report.Rows.Select(row => row.Name));
        Assert.Equal((true, true, false, true), (net.training, net.Whitened.training, net.Rows.training, net.Head.training));
        Assert.All(net.state_dict(), pair => Assert.True(before[pair.Key].eq(pair.Value).all().item<bool>(), pair.Key));
    }

    [Fact]
    public void The_folded_models_give_the_outputs_of_eval_mode()
    {
        var net = Trained(new NormalizedNet());
        net.eval();
        var x = randn(200, 2, 6, 6);
        var expected = net.forward(x).detach();
        var y = new float[200 * 5];

        net.Fold().Forward(x.data<float>().ToArray(), y, 200);

        GradientTests.AssertClose(expected, tensor(y, expected.shape), 1e-5, "folded");
        GradientTests.AssertClose(expected, net.FoldTorch().forward(x), 1e-5, "folded with TorchSharp");
    }

    [Fact]
    public void A_saved_model_gives_the_same_outputs_bit_by_bit()
    {
        var folded = Trained(new NormalizedNet()).Fold();
        folded.Save(directory["net"]);
        var x = randn(7, 72).data<float>().ToArray();
        var (before, after) = (new float[35], new float[35]);

        folded.Forward(x, before, 7);
        NormalizedNet.Folded.Load(directory["net"]).Forward(x, after, 7);

        Assert.Equal(before, after);
    }

    [Theory]
    [InlineData("Whitened.scale")]
    [InlineData("Whitened.shift")]
    [InlineData("Rows.weight")]
    [InlineData("Rows.bias")]
    [InlineData("Scaled.weight")]
    public void A_file_whose_normalization_is_missing_misshapen_or_not_finite_is_refused(string name)
    {
        Trained(new NormalizedNet()).Fold().Save(directory["net"]);
        var file = SafetensorsFile.Read(directory["net"]);
        var others = file.Names.Where(other => other != name).Select(file.Get).ToArray();
        var values = file.GetFloats(name, [file.Get(name).Shape[0]]);

        Refused([.. others]);
        Refused([.. others, SafetensorsEntry.FromFloats(name, values.AsSpan(1).ToArray(), values.Length - 1)]);
        Refused([.. others, SafetensorsEntry.FromFloats(name, values, 1, values.Length)]);
        Refused([.. others, SafetensorsEntry.FromFloats(name, [float.NaN, .. values.AsSpan(1)], values.Length)]);
        Refused([.. others, file.Get(name), SafetensorsEntry.FromFloats("Whitened.more", values, values.Length)]);

        void Refused(SafetensorsEntry[] tensors)
        {
            var metadata = new Dictionary<string, string>(FoldedModelFile.Metadata(NormalizedNet.Folded.Name, NormalizedNet.Folded.Signature)) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(tensors) };
            SafetensorsWriter.Write(directory["broken"], tensors, metadata);
            Assert.Throws<FoldedFileException>(() => NormalizedNet.Folded.Load(directory["broken"]));
        }
    }

    [Fact]
    public void A_folded_model_refuses_another_normalization()
    {
        var net = new NormalizedNet();
        var (whitened, stem, rows) = ((FoldedBatchNorm2d)net.Whitened.Fold(), (FoldedConv2d)net.Stem.Fold(), (FoldedLayerNorm)net.Rows.Fold());
        var (hidden, scaled, head) = ((FoldedLinear)net.Hidden.Fold(), (FoldedRmsNorm)net.Scaled.Fold(), (FoldedLinear)net.Head.Fold());
        var otherRows = new FoldedLayerNorm("Rows", 64, 1e-3, rows.Weight, rows.Bias);
        var otherScaled = new FoldedRmsNorm("Scaled", 15, scaled.Eps, scaled.Weight[1..]);
        var otherWhitened = new FoldedBatchNorm2d("Other", whitened.Scale, whitened.Shift);

        Assert.Throws<LayerShapeException>(() => new NormalizedNet.Folded(whitened, stem, otherRows, hidden, scaled, head));
        Assert.Throws<LayerShapeException>(() => new NormalizedNet.Folded(whitened, stem, rows, hidden, otherScaled, head));
        Assert.Throws<LayerShapeException>(() => new NormalizedNet.Folded(otherWhitened, stem, rows, hidden, scaled, head));
    }

    private static NormalizedNet Trained(NormalizedNet net)
    {
        manual_seed(6);
        var optimizer = optim.Adam(net.parameters(), 0.01);
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            net.forward((randn(16, 2, 6, 6) * 2) + 1).square().mean().backward();
            optimizer.step();
        }

        return net;
    }
}
