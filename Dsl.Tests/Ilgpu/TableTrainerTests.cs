using LayerDsl.Ilgpu;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Rows that indices name are trained on an accelerator as TorchSharp trains them.</summary>
public sealed class TableTrainerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    private const string Models = """
        [LayerModel(7)] public sealed partial class Tokens : nn.Module<Tensor, Tensor>
        {
            [Embedding(11, 6, PaddingIndex = 2)] public partial Layer Words { get; }
            [Embedding(9, 6)] public partial Layer Marks { get; }
            [RmsNorm(6)] public partial Layer Norm { get; }
            [Attention(6, 2, Causal = true, Bias = false)] public partial Layer Mixer { get; }
            [Linear(6, 9), Compander] public partial Layer Head { get; }
            public override Tensor forward(Tensor x)
            {
                var tokens = Words.forward(x) + Marks.forward(x);
                return Head.forward(tokens + Mixer.forward(Norm.forward(tokens)));
            }
        }
        [LayerModel(300)] public sealed partial class Numbers : nn.Module<Tensor, Tensor>
        {
            [Embedding(3, 1)] public partial Layer Table { get; }
            [Linear(300, 4)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x) => Head.forward(Table.forward(x).flatten(1));
        }
        [LayerModel(2, 40)] public sealed partial class Pairs : nn.Module<Tensor, Tensor>
        {
            [Embedding(5, 3, PaddingIndex = 4)] public partial Layer Table { get; }
            public override Tensor forward(Tensor x) => Table.forward(nn.functional.relu(x));
        }
        [LayerModel(1)] public sealed partial class One : nn.Module<Tensor, Tensor>
        {
            [Embedding(1, 33)] public partial Layer Table { get; }
            [BatchNorm1d(33)] public partial Layer Norm { get; }
            public override Tensor forward(Tensor x) => nn.functional.tanh(Norm.forward(Table.forward(x).flatten(1)));
        }
        [LayerModel(6)] public sealed partial class Kept : nn.Module<Tensor, Tensor>
        {
            [Embedding(6, 4)] public partial Layer Table { get; }
            [BatchNorm1d(24)] public partial Layer Norm { get; }
            [Linear(24, 3), Quantize(Bits = 4, Activations = true, ActivationScheme = Scheme.Lsq)] public partial Layer Head { get; }
            public override Tensor forward(Tensor x) => Head.forward(Norm.forward(Table.forward(nn.functional.relu(x)).flatten(1)));
        }
        [LayerModel] public sealed partial class Late : nn.Module<Tensor, Tensor>
        {
            [Linear(3, 3)] public partial Layer First { get; }
            [Embedding(5, 4)] public partial Layer Table { get; }
            public override Tensor forward(Tensor x) => Table.forward(First.forward(x));
        }
        """;

    private static readonly Lazy<System.Reflection.Assembly> Loaded = new(() =>
    {
        var run = GeneratorRun.OnDevice(Models);
        Assert.Empty(run.Diagnostics);
        var refused = Assert.Single(run.Information, found => found.Id == "LDSL312");
        Assert.Equal("Embedding(5, 4)", run.TextAt(refused));
        Assert.Contains("takes its indices from the layer First", refused.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return run.Load();
    });

    [Theory]
    [InlineData("Tokens", 9, 7)]
    [InlineData("Numbers", 3, 300)]
    [InlineData("Pairs", 5, 2, 40)]
    [InlineData("One", 1, 1)]
    public void Outputs_and_gradients_are_those_of_TorchSharp(string model, int entries, params int[] sample)
    {
        using var trained = TrainerRun.Of(Loaded.Value.GetType(model)!, device);
        trained.Entries = entries;
        trained.PassesAgree(batch: 2, seed: 1, [.. sample.Select(size => (long)size)]);
        trained.PassesAgree(batch: 3, seed: 3, [.. sample.Select(size => (long)size)]);
        trained.PassesAgree(batch: 2, seed: 5, [.. sample.Select(size => (long)size)]);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void Steps_of_an_optimizer_are_those_of_TorchSharp_and_the_same_bits_each_time(string name)
    {
        DeviceOptimizer optimizer = name == "sgd" ? new DeviceSgd(0.1, momentum: 0.9) : new DeviceAdamW(0.01);
        using var trained = TrainerRun.Of(Loaded.Value.GetType("Tokens")!, device, optimizer);
        using var again = TrainerRun.Of(Loaded.Value.GetType("Tokens")!, device, optimizer);
        using var reference = name == "sgd" ? optim.SGD(trained.Model.parameters(), 0.1, momentum: 0.9) : (optim.Optimizer)optim.AdamW(trained.Model.parameters(), 0.01, weight_decay: 0.01);
        trained.Entries = 9;
        for (var step = 0; step < 3; step++)
        {
            var x = trained.Input(batch: 3, seed: step);
            int[] classes = [.. x.Select(number => ((int)number + 1) % 9)];
            var loss = trained.Trainer.Step(x, classes);
            Assert.Equal(loss, again.Trainer.Step(x, classes));

            using var scope = NewDisposeScope();
            reference.zero_grad();
            var expected = nn.functional.cross_entropy(trained.Model.forward(trained.OfInput(x, 3, 7)).reshape(-1, 9), tensor(classes.Select(wanted => (long)wanted).ToArray()));
            expected.backward();
            reference.step();
            trained.Close(expected.reshape(1), [loss], "loss");
        }

        foreach (var (key, parameter) in trained.Model.named_parameters())
        {
            var values = trained.Trainer.Parameters.Single(candidate => candidate.Name == key).Get();
            trained.Close(parameter, values, key);
            Assert.Equal(values, again.Trainer.Parameters.Single(candidate => candidate.Name == key).Get());
        }
    }

    [Fact]
    public void A_refused_pass_moves_no_statistics_and_starts_no_step()
    {
        using var trained = TrainerRun.Of(Loaded.Value.GetType("Kept")!, device);
        var trainer = trained.Trainer;
        var before = trainer.Parameters.Select(parameter => parameter.Get()).ToArray();
        float[] x = [0, 1, 2, 3, 4, 5, 5, 4, 3, 9, 1, 0];
        Assert.Equal((9L, 9d), Assert.Throws<IndexOutOfTableException>(() => trainer.Step(x, [0, 1])) is var thrown ? (thrown.Position, thrown.Value) : default);
        Assert.All(trainer.Parameters.Zip(before), pair => Assert.Equal(pair.Second, pair.First.Get()));

        x[9] = 2;
        Assert.True(float.IsFinite(trainer.Step(x, [0, 1])));
        Assert.Equal(1, trainer.Updates);
    }

    [Theory]
    [InlineData("Tokens", 9)]
    [InlineData("Tokens", -1)]
    [InlineData("Pairs", 0.5f)]
    [InlineData("Pairs", 5)]
    [InlineData("One", float.NaN)]
    public void An_index_without_a_vector_is_thrown_before_anything_changes(string model, float wrong)
    {
        using var trained = TrainerRun.Of(Loaded.Value.GetType(model)!, device);
        var trainer = trained.Trainer;
        var x = new float[2 * trainer.InputSize];
        x[^1] = wrong;
        var y = new float[2 * trainer.OutputSize];
        var before = trainer.Parameters.Select(parameter => parameter.Get()).ToArray();

        Refused(() => trainer.Forward(x, y, 2));
        Refused(() => trainer.Step(x, (_, _) => throw new InvalidOperationException("There is no output.")));
        Refused(() => trainer.Step(x, new int[y.Length / ((int[])[9, 3, 33])[Array.IndexOf(["Tokens", "Pairs", "One"], model)]]));
        Assert.Throws<InvalidOperationException>(() => trainer.Backward(y));
        Assert.Equal(0, trainer.Updates);
        Assert.All(y, value => Assert.Equal(0, value));
        Assert.All(trainer.Parameters.Zip(before), pair => Assert.Equal(pair.Second, pair.First.Get()));
        trained.Entries = 1;
        Assert.True(float.IsFinite(trainer.Step(trained.Input(2, 1), (_, gradient) => gradient.Length)));

        void Refused(Action call)
        {
            var thrown = Assert.Throws<IndexOutOfTableException>(call);
            Assert.Equal((model != "Tokens" ? "Table" : wrong < 0 ? "Words" : "Marks", x.Length - 1L, (double)wrong), (thrown.Layer, thrown.Position, thrown.Value));
        }
    }
}
