using LayerDsl.Ilgpu;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Models that are trained on an accelerator equal the same models trained by TorchSharp.</summary>
public sealed class TrainerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    [Fact]
    public void Every_method_on_a_linear_layer()
    {
        var methods = CompositionPairs.Methods.Where(method => method.Short != "QKReparam").ToArray();
        var run = GeneratorRun.OnDevice(string.Concat(methods.Select((method, number) =>
            $"[LayerModel] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [Linear(12, 9), {method.Attribute}] public partial Layer Subject {{ get; }} [Linear(9, 5)] public partial Layer Head {{ get; }} public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Subject.forward(x))); }}\n")));

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Information.Where(found => found.Id == "LDSL312").Select(found => found.ToString()));
        var assembly = run.Load();
        for (var number = 0; number < methods.Length; number++)
        {
            // What is rounded at random has a test of its own.
            if (methods[number].Short != "Uniform 4 stochastic")
            {
                using var trained = TrainerRun.Of(assembly.GetType($"Model{number}")!, device, calibrated: [12]);
                trained.PassesAgree(batch: 3);
                trained.ZeroRow();
                trained.PassesAgree(batch: 2, seed: 3);
            }
        }
    }

    [Fact]
    public void Inputs_on_grids_and_binary_planes()
    {
        string[] layers =
        [
            "Quantize(Bits = 4, Activations = true, ActivationScheme = Scheme.DoReFa)",
            "Quantize(Bits = 4, Activations = true, ActivationScheme = Scheme.Lsq, ActivationBits = 3)",
            "Quantize(Bits = 4, Activations = true, ActivationScheme = Scheme.Pact, ActivationBits = 3)",
            "Compander, Quantize(Bits = 1, Scheme = Scheme.Binary, Granularity = Granularity.Tensor)",
            "Quantize(Bits = 3, Scheme = Scheme.Binary, Granularity = Granularity.Group, GroupSize = 4)",
            "Quantize(Bits = 4, Scheme = Scheme.Binary, Scales = BinaryScales.PowerOfTwo)",
            "Quantize(Bits = 2, Scheme = Scheme.Binary, Scales = BinaryScales.AdditivePowerOfTwo), LowRank(2)",
        ];
        var run = GeneratorRun.OnDevice(string.Concat(layers.Select((layer, number) =>
            $"[LayerModel] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [Linear(7, 8)] public partial Layer Stem {{ get; }} [Linear(8, 5), {layer}] public partial Layer Subject {{ get; }} public override Tensor forward(Tensor x) => Subject.forward(nn.functional.gelu(Stem.forward(x * 4))); }}\n")));

        Assert.Empty(run.Diagnostics);
        var assembly = run.Load();
        for (var number = 0; number < layers.Length; number++)
        {
            using var trained = TrainerRun.Of(assembly.GetType($"Model{number}")!, device);
            trained.PassesAgree(batch: 3);
            trained.PassesAgree(batch: 4, seed: 3);
        }
    }

    [Fact]
    public void A_learned_step_starts_with_a_batch_that_says_something()
    {
        using var trained = TrainerRun.Of(GeneratorRun.OnDevice("[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 3), Quantize(Activations = true, ActivationScheme = Scheme.Lsq)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }").Load().GetType("M")!, device);
        var step = trained.Trainer.Parameters.Single(parameter => parameter.Name == "A.input_scale");
        var y = new float[3];

        Assert.Throws<NonFiniteActivationException>(() => trained.Trainer.Forward([1, 2, float.NaN, 4], y, 1));
        Assert.Throws<InvalidOperationException>(() => trained.Trainer.Backward([1, 1, 1])); // that pass has no values to go back through
        trained.Trainer.Forward(new float[4], y, 1);
        Assert.Equal(0, step.Get()[0]);
        trained.Trainer.Backward([1, 1, 1]);
        Assert.Equal(0, step.GetGradient()[0]);
        trained.Trainer.Forward([1, -2, 3, -4], y, 1);
        Assert.Equal((float)(2 * 2.5 / Math.Sqrt(255)), step.Get()[0]);
        step.Set([0]); // the next batch starts it anew, as it starts TorchSharp's
        trained.PassesAgree(batch: 2);
    }

    [Fact]
    public void Steps_between_layers_and_values_that_several_steps_read()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel(3, 8)] public sealed partial class Residual : nn.Module<Tensor, Tensor>
            {
                [Linear(8, 8), Compander] public partial Layer A { get; }
                [Linear(8, 8), LowRank(2)] public partial Layer B { get; }
                [Linear(24, 4)] public partial Layer Head { get; }
                public override Tensor forward(Tensor x)
                {
                    var a = nn.functional.gelu(A.forward(x * 2));
                    var b = nn.functional.softmax(B.forward(a) - a, -1) + nn.functional.tanh(a) * nn.functional.sigmoid(a);
                    return nn.functional.log_softmax(Head.forward((1 - b).flatten(1)), -1);
                }
            }
            """);

        Assert.Empty(run.Diagnostics);
        using var trained = TrainerRun.Of(run.Load().GetType("Residual")!, device);
        trained.PassesAgree(batch: 2, seed: 1, 3, 8);
        trained.PassesAgree(batch: 5, seed: 3, 3, 8);
    }

    public static TheoryData<string> Optimizers => ["sgd", "momentum", "nesterov", "adamw"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Steps_of_an_optimizer_are_those_of_TorchSharp(string name) => StepsAgree(name);

    [Fact]
    public void What_cannot_be_trained_there_is_said_where_it_stands()
    {
        var run = GeneratorRun.OnDevice("[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer Again { get; } public override Tensor forward(Tensor x) => Again.forward(nn.functional.relu(Again.forward(x))); }");
        var found = Assert.Single(run.Information, found => found.Id == "LDSL312");

        Assert.Equal("Linear(4, 4)", run.TextAt(found));
        Assert.Contains("the layer Again is called more than once by forward", found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Empty(run.CompileErrors);
        Assert.DoesNotContain(run.Result.Results.Single().GeneratedSources, file => file.HintName.Contains("Train", StringComparison.Ordinal) || file.HintName.Contains("LayerOnDevice", StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_calls_are_refused_before_anything_changes()
    {
        using var trained = TrainerRun.Of(TwoLayers(), device);
        var trainer = trained.Trainer;
        var before = trainer.Parameters[0].Get();

        Assert.Throws<LayerShapeException>(() => trainer.Step(new float[7], [0]));
        Assert.Throws<LayerShapeException>(() => trainer.Step(new float[12], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Step(new float[6], [3]));
        Assert.Throws<InvalidOperationException>(() => trainer.Backward(new float[3]));
        Assert.Throws<InvalidOperationException>(trainer.Update);
        Assert.Throws<LayerShapeException>(() => trainer.Parameters[0].Set([1]));
        Assert.Equal(before, trainer.Parameters[0].Get());
        Assert.Equal(0, trainer.Updates);

        // A loss that calls the trainer, whose lock lets it in.
        Assert.Throws<InvalidOperationException>(() => trainer.Step(new float[6], Calling(() => trainer.Forward(new float[12], new float[6], 2))));
        Assert.Throws<InvalidOperationException>(() => trainer.Step(new float[6], Calling(() => trainer.Backward(new float[3]))));
        Assert.Throws<InvalidOperationException>(() => trainer.Step(new float[6], Calling(trainer.Dispose)));
        Assert.Equal(before, trainer.Parameters[0].Get());
        Assert.Equal(2, trainer.Step(new float[6], Calling(() => { })));
        Assert.Equal(1, trainer.Updates);

        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trainer.Parameters[0].Get());
        Assert.Throws<ObjectDisposedException>(() => trainer.Parameters[0].Set(before));
        Assert.Throws<ObjectDisposedException>(() => trainer.Parameters[0].GetGradient());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Settings_of_an_optimizer_are_numbers_from_0_on(double wrong)
    {
        using var trained = TrainerRun.Of(TwoLayers(), device);
        Assert.Throws<ArgumentOutOfRangeException>(() => trained.Trainer.LearningRate = wrong);
        Assert.Equal(trained.Trainer.Optimizer.LearningRate, trained.Trainer.LearningRate);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeviceSgd(wrong));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeviceSgd(momentum: wrong));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeviceAdamW(epsilon: wrong));
        Assert.Throws<ArgumentException>(() => new DeviceSgd(nesterov: true)); // as TorchSharp
    }

    private static DeviceLoss Calling(Action call) => (_, _) =>
    {
        call();
        return 2;
    };

    private void StepsAgree(string name)
    {
        DeviceOptimizer optimizer = name switch
        {
            "sgd" => new DeviceSgd(0.1, weightDecay: 0.01),
            "momentum" => new DeviceSgd(0.05, momentum: 0.9),
            "nesterov" => new DeviceSgd(0.05, momentum: 0.9, weightDecay: 0.01, nesterov: true),
            _ => new DeviceAdamW(0.01),
        };
        using var trained = TrainerRun.Of(TwoLayers(), device, optimizer);
        using var reference = name switch
        {
            "sgd" => optim.SGD(trained.Model.parameters(), 0.1, weight_decay: 0.01),
            "momentum" => optim.SGD(trained.Model.parameters(), 0.05, momentum: 0.9),
            "nesterov" => optim.SGD(trained.Model.parameters(), 0.05, momentum: 0.9, weight_decay: 0.01, nesterov: true),
            _ => (optim.Optimizer)optim.AdamW(trained.Model.parameters(), 0.01, weight_decay: 0.01),
        };
        for (var step = 0; step < 3; step++)
        {
            var x = Core.Folded.Values.Uniform(new Random(step), 4 * 6);
            int[] classes = [step, 1, 2, 0];
            var loss = trained.Trainer.Step(x, classes);

            using var scope = NewDisposeScope();
            reference.zero_grad();
            var expected = nn.functional.cross_entropy(trained.Model.forward(tensor(x).reshape(4, 6)), tensor(classes.Select(wanted => (long)wanted).ToArray()));
            expected.backward();
            reference.step();
            trained.Close(expected.reshape(1), [loss], "loss");
        }

        foreach (var (key, parameter) in trained.Model.named_parameters())
        {
            trained.Close(parameter, trained.Trainer.Parameters.Single(candidate => candidate.Name == key).Get(), key);
        }
    }

    private static Type TwoLayers() => GeneratorRun.OnDevice("[LayerModel] public sealed partial class Two : nn.Module<Tensor, Tensor> { [Linear(6, 5), Compander] public partial Layer A { get; } [Linear(5, 3)] public partial Layer B { get; } public override Tensor forward(Tensor x) => B.forward(nn.functional.relu(A.forward(x))); }").Load().GetType("Two")!;
}
