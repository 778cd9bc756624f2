using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Examples;

[LayerModel]
public sealed partial class PlainPatches : nn.Module<Tensor, Tensor>
{
    [LayerNorm(4)]
    public partial Layer Before { get; }

    [Attention(4, 2, Bias = false)]
    public partial Layer Mixer { get; }

    [Linear(64, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var tokens = x.view(-1, 16, 4);
        return Head.forward((tokens + Mixer.forward(Before.forward(tokens))).flatten(1));
    }
}

[LayerModel]
public sealed partial class RoundedPatches : nn.Module<Tensor, Tensor>
{
    [LayerNorm(4)]
    public partial Layer Before { get; }

    [Attention(4, 2, Bias = false), QKReparam, Quantize]
    public partial Layer Mixer { get; }

    [Linear(64, 10), Quantize]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var tokens = x.view(-1, 16, 4);
        return Head.forward((tokens + Mixer.forward(Before.forward(tokens))).flatten(1));
    }
}

public sealed class ComparisonTests
{
    private static readonly Variant Rounded = Variant.Of("Uniform", 8, () => new RoundedPatches(), model => model.Fold(), (model, sample) => model.VerifyFold(sample));

    [Fact]
    public void Weights_are_copied_from_layer_to_layer_whatever_reparameterizes_them()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var (from, same, rounded, x) = (new PlainPatches(), new PlainPatches(), new RoundedPatches(), rand(5, 64));
        LayerWeights.Copy(from, same);
        LayerWeights.Copy(from, rounded);
        var expected = from.forward(x);
        Assert.Equal(expected.data<float>().ToArray(), same.forward(x).data<float>().ToArray());

        // Steps of 8 bits: each of 64 weights is off by at most half of 1/127 of the largest, 1/8, at inputs near 1.
        Assert.True((expected - rounded.forward(x)).abs().max().item<float>() is > 0 and < 64 * 0.125f / 127);
    }

    [Fact]
    public void Models_of_other_layers_are_refused_before_anything_is_copied()
    {
        using var from = new PlainPatches();
        using var to = nn.Linear(2, 2);
        var error = Assert.Throws<ArgumentException>(() => LayerWeights.Copy(from, to));
        Assert.Contains("has 3 layers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_is_trained_folded_and_shown_as_soon_as_it_is_known()
    {
        var (data, path) = (DigitsData.Load(), Path.GetTempFileName());
        try
        {
            random.manual_seed(1);
            using var full = new PlainPatches();
            var text = Shown(console =>
            {
                var comparison = new SchemeComparison(console, full, data.Train, data.Test, new TrainingOptions(3, 32, 1e-2, Seed: 1), path);
                var result = Assert.Single(comparison.Run([Rounded]));
                Assert.True(result.Trained > result.Started && result.Trained > 0.7);
                Assert.Equal((result.Trained, 0), (result.Folded, result.Different));
                Assert.Equal(new FileInfo(path).Length, result.FileBytes);
                Assert.InRange(result.WorstRatio, 0, 1);
                console.Write(SchemeResult.Of(1, [result]));
                console.Write(StoredTensors.Of(SafetensorsFile.Read(path)));
            });
            Assert.Contains("Uniform 8: rounded only", text, StringComparison.Ordinal);
            Assert.Matches(@"\| +Uniform +\| +8 \|", text);
            Assert.Matches(@"Head\.codes +│ U8 +│ 10 × 64 +│ +640", text);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_starting_model_is_trained_once_and_kept()
    {
        var (data, folder) = (DigitsData.Load().Train.Take(64), Directory.CreateTempSubdirectory().FullName);
        try
        {
            var trained = new List<string>();
            float[] Prepare(TrainingOptions options)
            {
                random.manual_seed(trained.Count);
                using var model = new PlainPatches();
                trained.Add(Shown(console => StartingModel.Prepare(console, model, data, options, folder, "patches")));
                return model.Head.named_parameters().First().parameter.data<float>().ToArray();
            }

            var (first, again, other) = (Prepare(new TrainingOptions(1, 32, 1e-2, Seed: 1)), Prepare(new TrainingOptions(1, 32, 1e-2, Seed: 1)), Prepare(new TrainingOptions(2, 32, 1e-2, Seed: 1)));
            Assert.Equal(first, again);
            Assert.NotEqual(first, other);
            Assert.Equal([true, false, true], trained.Select(text => text.Contains("full precision: 100 %", StringComparison.Ordinal)));
            Prepare(new TrainingOptions(1, 32, 1e-2, Seed: 2, MostBatchesPerEpoch: 1));
            Assert.Equal(2, Directory.GetFiles(folder).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Shown(Action<IAnsiConsole> show)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        show(console);
        return writer.ToString();
    }
}
