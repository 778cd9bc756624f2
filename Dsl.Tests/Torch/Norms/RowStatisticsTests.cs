using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Norms;

/// <summary>A model whose batch normalizations of rows stay layers of their own when it is folded.</summary>
public sealed class RowStatisticsTests : IDisposable
{
    private readonly Core.TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    /// <summary>Float32 against float32: 1e-5 of the largest output.</summary>
    [Fact]
    public void The_folded_models_give_the_outputs_of_eval_mode()
    {
        var net = Trained();
        var before = net.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        var x = (randn(300, 12) * 2) + 1;

        var report = net.VerifyFold(x);

        Assert.Equal(["Whitened", "Hidden", "HiddenNorm", "Last", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.All(net.state_dict(), pair => Assert.True(before[pair.Key].eq(pair.Value).all().item<bool>(), pair.Key));
        net.eval();
        var expected = net.forward(x).detach();
        var y = new float[300 * 9];
        net.Fold().Forward(x.data<float>().ToArray(), y, 300);
        GradientTests.AssertClose(expected, tensor(y, expected.shape), 1e-5, "folded");
        GradientTests.AssertClose(expected, net.FoldTorch().forward(x), 1e-5, "folded with TorchSharp");
    }

    [Fact]
    public void A_saved_model_gives_the_same_outputs_bit_by_bit()
    {
        var folded = Trained().Fold();
        folded.Save(directory["net"]);
        var x = randn(7, 12).data<float>().ToArray();
        var (before, after) = (new float[63], new float[63]);

        folded.Forward(x, before, 7);
        RowStatisticsNet.Folded.Load(directory["net"]).Forward(x, after, 7);

        Assert.Equal(before, after);
    }

    [Theory]
    [InlineData("Whitened.scale")]
    [InlineData("Last.shift")]
    public void A_file_whose_normalization_is_missing_misshapen_or_not_finite_is_refused(string name)
    {
        Trained().Fold().Save(directory["net"]);
        var file = SafetensorsFile.Read(directory["net"]);
        var others = file.Names.Where(other => other != name).Select(file.Get).ToArray();
        var values = file.GetFloats(name, [file.Get(name).Shape[0]]);

        Refused([.. others]);
        Refused([.. others, SafetensorsEntry.FromFloats(name, values.AsSpan(1).ToArray(), values.Length - 1)]);
        Refused([.. others, SafetensorsEntry.FromFloats(name, [float.NaN, .. values.AsSpan(1)], values.Length)]);

        void Refused(SafetensorsEntry[] tensors)
        {
            var metadata = new Dictionary<string, string>(FoldedModelFile.Metadata(RowStatisticsNet.Folded.Name, RowStatisticsNet.Folded.Signature)) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(tensors) };
            SafetensorsWriter.Write(directory["broken"], tensors, metadata);
            Assert.Throws<FoldedFileException>(() => RowStatisticsNet.Folded.Load(directory["broken"]));
        }
    }

    [Fact]
    public void A_folded_model_refuses_another_normalization()
    {
        var net = new RowStatisticsNet();
        var (whitened, hidden) = ((FoldedBatchNorm1d)net.Whitened.Fold(), (FoldedLinear)net.Hidden.Fold());
        var (norm, last) = ((FoldedBatchNorm1d)net.HiddenNorm.Fold(), (FoldedBatchNorm1d)net.Last.Fold());

        Assert.Throws<LayerShapeException>(() => new RowStatisticsNet.Folded(new FoldedBatchNorm1d("Other", whitened.Scale, whitened.Shift), hidden, norm, last));
        Assert.Throws<LayerShapeException>(() => new RowStatisticsNet.Folded(whitened, hidden, norm, new FoldedBatchNorm1d("Last", last.Scale[1..], last.Shift[1..])));
        Assert.Equal(4, new RowStatisticsNet.Folded(whitened, hidden, norm, last).Layers.Count);
    }

    private static RowStatisticsNet Trained()
    {
        manual_seed(7);
        var net = new RowStatisticsNet();
        var optimizer = optim.Adam(net.parameters(), 0.01);
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            net.forward((randn(16, 12) * 2) + 1).pow(3).mean().backward();
            optimizer.step();
        }

        return net;
    }
}
