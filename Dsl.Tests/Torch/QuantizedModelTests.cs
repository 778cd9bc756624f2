using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Convolutions and linear layers in codes, as one model.</summary>
[LayerModel(1, 8, 8)]
public sealed partial class QuantizedNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 4, 3, Padding = 1), Quantize(Bits = 8)]
    public partial Layer Stem { get; }

    [Conv2d(4, 4, 3, Groups = 2), Quantize(Bits = 4, Scheme = Scheme.Log2, Granularity = Granularity.Tensor)]
    public partial Layer Grouped { get; }

    [Conv2d(4, 4, 1), LowRank(1), Quantize(Bits = 3, Scheme = Scheme.StatsQ)]
    public partial Layer Merged { get; }

    [Conv2d(4, 4, 1), Quantize(Bits = 4, Scheme = Scheme.Lsq), LowRank(1)]
    public partial Layer Branched { get; }

    [Linear(144, 64), Quantize(Bits = 4, Scheme = Scheme.Nf4, Granularity = Granularity.Group, GroupSize = 16), LowRank(4, Alpha = 8)]
    public partial Layer Middle { get; }

    [Linear(64, 10), Quantize(Bits = 4, Symmetric = false, Granularity = Granularity.Group, GroupSize = 32)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = Branched.forward(Merged.forward(Grouped.forward(Stem.forward(x)).relu()));
        return Head.forward(Middle.forward(h.flatten(1)).relu());
    }
}

public sealed class QuantizedModelTests
{
    [Fact]
    public void A_trained_model_folds_to_codes_within_its_bounds()
    {
        using var model = Trained();
        var report = model.VerifyFold(randn(16, 1, 8, 8));
        Assert.True(report.Rows.Count >= 6);
        using var folded = (IDisposable)model.FoldTorch();
        var x = randn(4, 1, 8, 8);
        Assert.True(allclose(model.forward(x), ((QuantizedNet)folded).forward(x), rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void A_saved_model_is_as_large_as_its_bits_and_loads_to_the_same_outputs()
    {
        using var model = Trained();
        var folded = model.Fold();
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            folded.Save(path);
            var loaded = QuantizedNet.Folded.Load(path);
            var x = Enumerable.Range(0, 2 * 64).Select(k => MathF.Sin(k)).ToArray();
            var (before, after) = (new float[20], new float[20]);
            folded.Forward(x, before, 2);
            loaded.Forward(x, after, 2);
            Assert.Equal(before, after);

            // Middle: 144·64 codes of 4 bits, 9·64 scales, and 4·(144 + 64) numbers of its adapter; its weight alone is 36 864 bytes in float32.
            var middle = folded.Layers.Single(layer => layer.Name == "Middle");
            Assert.Equal((144 * 64 / 2) + (4 * ((9 * 64) + (4 * (144 + 64)) + 64)), middle.ByteCount);
            Assert.Equal(middle.ByteCount, model.Middle.GetCertificate().FoldedBytes);
            Assert.InRange(new FileInfo(path).Length, folded.ByteCount, folded.ByteCount + 8_000);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_with_other_codes_scales_or_lengths_is_refused()
    {
        using var model = Trained();
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Refused(path, model, "Head.codes", entry => entry with { Data = entry.Data[1..], Shape = EquatableList.Create<long>([entry.Data.Length - 1]) });
            Refused(path, model, "Head.scales", entry => SafetensorsEntry.FromFloats(entry.Name, [.. Enumerable.Repeat(1f, 19)], 19));
            Refused(path, model, "Head.scales", entry => SafetensorsEntry.FromFloats(entry.Name, [.. Enumerable.Repeat(float.NegativeInfinity, 20)], 20));
            Refused(path, model, "Head.scales", entry => SafetensorsEntry.FromFloats(entry.Name, [.. Enumerable.Repeat(float.NaN, 20)], 20));
            Refused(path, model, "Head.zeros", entry => SafetensorsEntry.FromFloats(entry.Name, [1], 1));
            Refused(path, model, "Merged.codes", entry => entry with { Data = Enumerable.Repeat((byte)255, entry.Data.Length).ToArray() });
            Refused(path, model, "Head.codes", entry => SafetensorsEntry.FromFloats(entry.Name, new float[10 * 32], 10, 32));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Refused(string path, QuantizedNet model, string tensor, Func<SafetensorsEntry, SafetensorsEntry> change)
    {
        model.Fold().Save(path);
        var file = SafetensorsFile.Read(path);
        var entries = file.Names.Select(file.Get).Select(entry => entry.Name == tensor ? change(entry) : entry).ToList();
        var notes = new Dictionary<string, string>(file.Metadata) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(entries) };
        SafetensorsWriter.Write(path, entries, notes);
        Assert.Throws<FoldedFileException>(() => QuantizedNet.Folded.Load(path));
    }

    /// <summary>Two steps of Adam, so that adapters and learned steps are no longer where they start.</summary>
    private static QuantizedNet Trained()
    {
        random.manual_seed(3);
        var model = new QuantizedNet();
        var optimizer = optim.Adam(model.parameters(), 1e-2);
        for (var step = 0; step < 2; step++)
        {
            optimizer.zero_grad();
            model.forward(randn(8, 1, 8, 8)).square().mean().backward();
            Assert.All(model.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
            optimizer.step();
        }

        return model;
    }
}
