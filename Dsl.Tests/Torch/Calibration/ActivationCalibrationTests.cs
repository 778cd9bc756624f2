using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Calibration;

/// <summary>Rounded inputs in a convolution, behind a ReLU, and a layer that is left alone.</summary>
[LayerModel(1, 8, 8)]
public sealed partial class ActivatedNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 4, 3, Padding = 1), Quantize(Activations = true)]
    public partial Layer Stem { get; }

    [Conv2d(4, 4, 3, Stride = 2), Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationScheme = Scheme.Lsq)]
    public partial Layer Shifted { get; }

    [Linear(36, 32), Quantize(Bits = 4, Symmetric = false, Granularity = Granularity.Group, GroupSize = 12, Activations = true, ActivationScheme = Scheme.Pact), LowRank(2)]
    public partial Layer Middle { get; }

    [Linear(32, 16), Quantize(Bits = 4, Scheme = Scheme.Nf4, Activations = true, ActivationBits = 6, ActivationSymmetric = true)]
    public partial Layer Odd { get; }

    [Linear(16, 10), Quantize(Bits = 4, Activations = true), Compander]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = Shifted.forward(Stem.forward(x).relu()).relu();
        return Head.forward(Odd.forward(Middle.forward(h.flatten(1)).relu()));
    }
}

public sealed class ActivationCalibrationTests
{
    private sealed class Reports : IProgress<CalibrationProgress>
    {
        public List<CalibrationProgress> Seen { get; } = [];

        public void Report(CalibrationProgress value) => Seen.Add(value);
    }

    [Fact]
    public void A_calibrated_model_folds_within_its_bounds_and_keeps_its_modes()
    {
        var model = Model();
        model.train();
        var progress = new Reports();
        var report = model.Calibrate(Batches(3), new CalibrationOptions { Method = CalibrationMethod.Mse, Progress = progress });
        Assert.True(model.training && model.Stem.training);
        Assert.Equal([new(1, 3, 16), new(2, 3, 32), new(3, 3, 48)], progress.Seen);
        Assert.Equal(["Head", "Middle", "Odd", "Shifted", "Stem"], report.Layers.Select(layer => layer.Layer).Order());
        Assert.All(report.Layers, layer => Assert.InRange(layer.ClippedShare, 0, 0.2));
        Assert.Contains("Stem", report.ToString(), StringComparison.Ordinal);
        var verified = model.VerifyFold(randn(16, 1, 8, 8));
        Assert.Equal(6, verified.Rows.Count);
        using var folded = (IDisposable)model.FoldTorch();
        var x = randn(4, 1, 8, 8);
        Assert.True(allclose(model.forward(x), ((ActivatedNet)folded).forward(x), rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void A_model_trains_with_rounded_inputs()
    {
        var model = Model();
        model.Calibrate(Batches(2));
        var optimizer = optim.Adam(model.parameters(), 1e-2);
        var (x, target) = (randn(32, 1, 8, 8), randint(10, [32], ScalarType.Int64));
        var losses = Enumerable.Range(0, 30).Select(_ =>
        {
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.forward(x), target);
            loss.backward();
            Assert.All(model.parameters(), parameter => Assert.True(parameter.grad is null || parameter.grad.isfinite().all().item<bool>()));
            optimizer.step();
            return loss.item<float>();
        }).ToArray();
        Assert.True(losses[^1] < 0.8 * losses[0], $"{losses[0]} → {losses[^1]}");
        model.VerifyFold(x);
    }

    [Fact]
    public void A_saved_model_loads_with_its_grids()
    {
        var model = Model();
        model.Calibrate(Batches(2));
        var folded = model.Fold();
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            folded.Save(path);
            var loaded = ActivatedNet.Folded.Load(path);
            var x = Enumerable.Range(0, 2 * 64).Select(k => MathF.Sin(k)).ToArray();
            var (before, after) = (new float[20], new float[20]);
            folded.Forward(x, before, 2);
            loaded.Forward(x, after, 2);
            Assert.Equal(before, after);
            Assert.Equal(folded.Layers.Select(layer => layer.Activation), loaded.Layers.Select(layer => layer.Activation));
            Assert.Equal(folded.ByteCount, model.Certificates.Sum(certificate => certificate.FoldedBytes));
            Refused(path, folded, "Stem.input_scale", [0]);
            Refused(path, folded, "Stem.input_scale", [float.NaN]);
            Refused(path, folded, "Stem.input_zero", [256]);
            Refused(path, folded, "Stem.input_zero", [0.5f]);
            Refused(path, folded, "Stem.input_zero", [1, 2]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_is_no_number_is_refused_before_anything_changes()
    {
        var model = Model();
        model.Calibrate(Batches(1));
        var before = Grids(model);
        var broken = randn(16, 1, 8, 8);
        broken[3, 0, 2, 1] = float.PositiveInfinity;
        var error = Assert.Throws<NonFiniteActivationException>(() => model.Calibrate([randn(16, 1, 8, 8) * 5, broken]));
        Assert.Equal("Stem", error.Layer);
        Assert.Equal(before, Grids(model));
        Assert.All(model.modules().OfType<Layer>(), layer => Assert.Null(layer.InputObserver));
    }

    [Fact]
    public void Nothing_to_see_or_to_set_is_refused()
    {
        var model = Model();
        Assert.Contains("empty", Assert.Throws<CalibrationException>(() => model.Calibrate([])).Message, StringComparison.Ordinal);
        Assert.False(model.Stem.GetActivationParameters()!.IsCalibrated);
        Assert.Throws<CalibrationException>(() => new PlainLayer().Calibrate([randn(2, 7)]));
        Assert.Throws<CalibrationException>(() => new Activated.DoReFa().Calibrate([randn(2, 12)]));
    }

    [Fact]
    public void A_model_that_is_not_calibrated_does_not_fold()
    {
        var model = Model();
        Assert.Equal("Stem", Assert.Throws<NotCalibratedException>(model.Fold).Layer);
        Assert.Throws<NotCalibratedException>(model.FoldTorch);
    }

    [Fact]
    public void Batches_are_taken_one_by_one()
    {
        var model = Model();
        var alive = 0;
        IEnumerable<Tensor> Stream()
        {
            for (var k = 0; k < 4; k++)
            {
                alive++;
                using (var batch = randn(8, 1, 8, 8))
                {
                    yield return batch;
                }

                alive--;
                Assert.Equal(0, alive);
            }
        }

        var progress = new Reports();
        Assert.Equal(32, model.Calibrate(Stream(), new CalibrationOptions { Progress = progress }).Samples);
        Assert.All(progress.Seen, seen => Assert.Null(seen.TotalBatches));
    }

    private static void Refused(string path, ActivatedNet.Folded folded, string tensor, float[] values)
    {
        folded.Save(path);
        var file = SafetensorsFile.Read(path);
        var entries = file.Names.Select(file.Get).Select(entry => entry.Name == tensor ? SafetensorsEntry.FromFloats(tensor, values, values.Length) : entry).ToList();
        var notes = new Dictionary<string, string>(file.Metadata) { [FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(entries) };
        SafetensorsWriter.Write(path, entries, notes);
        Assert.Throws<FoldedFileException>(() => ActivatedNet.Folded.Load(path));
    }

    private static (float?, float?)[] Grids(ActivatedNet model) =>
        [.. model.modules().OfType<Layer>().Select(layer => layer.GetActivationParameters()!).Select(grid => (grid.Scale?.item<float>(), grid.ZeroPoint?.item<float>()))];

    private static List<Tensor> Batches(int count) => [.. Enumerable.Range(0, count).Select(_ => randn(16, 1, 8, 8))];

    private static ActivatedNet Model()
    {
        random.manual_seed(8);
        return new ActivatedNet();
    }
}
