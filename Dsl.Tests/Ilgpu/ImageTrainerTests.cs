using LayerDsl.Ilgpu;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Networks of images that are trained on an accelerator equal the same networks trained by TorchSharp.</summary>
public sealed class ImageTrainerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    /// <summary>What kernels cannot train yet: a diagnostic says so.</summary>
    private static readonly string[] Refused = [];

    /// <summary>Channels, outputs, kernel and options of a convolution, and the image.</summary>
    private static readonly (string Conv, int[] Image)[] Convolutions =
    [
        ("1, 3, 1", [1, 1, 1]),
        ("3, 5, 1", [3, 5, 4]),
        ("2, 5, 3", [2, 7, 5]),
        ("2, 3, 3, Stride = 2, Padding = 1", [2, 7, 6]),
        ("3, 4, 2, Stride = 3, Padding = 1, Dilation = 2, Bias = false", [3, 9, 8]),
        ("4, 6, 3, Groups = 2, Padding = 2", [4, 5, 6]),
        ("3, 6, 3, Groups = 3, Stride = 2, Dilation = 2, Padding = 2", [3, 6, 7]),
        ("2, 20, 5, Padding = 2", [2, 6, 5]),
        ("1, 2, 3", [1, 26, 26]),
    ];

    [Fact]
    public void Convolutions_of_all_sizes()
    {
        var run = GeneratorRun.OnDevice(string.Concat(Convolutions.Select((conv, number) =>
            $"[LayerModel({string.Join(", ", conv.Image)})] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [Conv2d({conv.Image[0]}, {conv.Image[0]}, 1)] public partial Layer Before {{ get; }} [Conv2d({conv.Conv})] public partial Layer Subject {{ get; }} public override Tensor forward(Tensor x) => nn.functional.tanh(Subject.forward(Before.forward(x))).flatten(1); }}\n")));

        Assert.Empty(run.Diagnostics);
        var assembly = run.Load();
        for (var number = 0; number < Convolutions.Length; number++)
        {
            using var trained = TrainerRun.Of(assembly.GetType($"Model{number}")!, device);
            trained.PassesAgree(batch: 4, seed: 1, [.. Convolutions[number].Image.Select(size => (long)size)]);
        }
    }

    [Fact]
    public void Every_method_on_a_convolution()
    {
        var methods = CompositionPairs.Methods.Where(method => method.Short != "QKReparam" && !method.Attribute.Contains("Granularity.Group", StringComparison.Ordinal)).ToArray();
        var run = GeneratorRun.OnDevice(string.Concat(methods.Select((method, number) =>
            $"[LayerModel(4, 4, 5)] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [Conv2d(4, 4, 1)] public partial Layer Before {{ get; }} [Conv2d(4, 6, 3, Padding = 1), {method.Attribute}] public partial Layer Subject {{ get; }} public override Tensor forward(Tensor x) => nn.functional.relu(Subject.forward(Before.forward(x))).flatten(1); }}\n")));
        var refused = run.Information.Where(found => found.Id == "LDSL312").Select(found => methods[LineOf(found)].Short).ToArray();

        Assert.Empty(run.Diagnostics.Select(found => methods[LineOf(found)].Short + ": " + found));
        Assert.Equal(Refused.Order(), refused.Order());
        var assembly = run.Load();
        for (var number = 0; number < methods.Length; number++)
        {
            if (!refused.Contains(methods[number].Short) && methods[number].Short != "Uniform 4 stochastic")
            {
                using var trained = TrainerRun.Of(assembly.GetType($"Model{number}")!, device);
                trained.PassesAgree(batch: 2, seed: 1, 4, 4, 5);
            }
        }
    }

    [Fact]
    public void Pooling_and_flatten()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel(2, 9, 8)] public sealed partial class Pools : nn.Module<Tensor, Tensor>
            {
                [Conv2d(2, 3, 3, Padding = 1)] public partial Layer A { get; }
                [Conv2d(3, 4, 3)] public partial Layer B { get; }
                [Linear(4, 3)] public partial Layer Head { get; }
                public override Tensor forward(Tensor x)
                {
                    var a = nn.functional.max_pool2d(A.forward(x), 3, 2, 1);
                    var b = nn.functional.avg_pool2d(a, 2, 1, 1);
                    return Head.forward(nn.functional.adaptive_avg_pool2d(nn.functional.relu(B.forward(b)), 1).flatten(1));
                }
            }
            [LayerModel(1, 5, 5)] public sealed partial class Flat : nn.Module<Tensor, Tensor>
            {
                [Conv2d(1, 2, 2)] public partial Layer A { get; }
                [Linear(8, 3), Compander] public partial Layer Head { get; }
                public override Tensor forward(Tensor x) => Head.forward(nn.functional.max_pool2d(nn.functional.relu(A.forward(x)), 2).flatten(1));
            }
            """);

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Information.Where(found => found.Id == "LDSL312"));
        var assembly = run.Load();
        using var pools = TrainerRun.Of(assembly.GetType("Pools")!, device);
        pools.PassesAgree(batch: 3, seed: 1, 2, 9, 8);
        using var flat = TrainerRun.Of(assembly.GetType("Flat")!, device);
        flat.PassesAgree(batch: 2, seed: 1, 1, 5, 5);
        NaNPassesThroughTheLargestOf(flat);
    }

    /// <summary>Also where numbers follow it in its window, and in the folded form; its gradient goes where TorchSharp's goes.</summary>
    private void NaNPassesThroughTheLargestOf(TrainerRun flat)
    {
        var x = Core.Folded.Values.Uniform(new Random(3), 50);
        x[0] = float.NaN;
        var (y, folded) = (new float[6], new float[6]);
        using var onDevice = (DeviceModel)flat.Model.GetType().GetMethod("FoldIlgpu")!.Invoke(flat.Model, [device.Accelerator, WeightPrecision.Single])!;
        onDevice.Forward(x, folded, 2);
        flat.Trainer.Forward(x, y, 2);
        flat.Trainer.Backward([1, 2, 3, 4, 5, 6]);
        using var scope = NewDisposeScope();
        flat.Model.zero_grad();
        var expected = flat.Model.forward(tensor(x).reshape(2, 1, 5, 5));
        (expected.flatten() * tensor(new float[] { 1, 2, 3, 4, 5, 6 })).sum().backward();

        Assert.Equal([true, true, true, false, false, false], y.Select(float.IsNaN));
        Assert.Equal(y.Select(float.IsNaN), folded.Select(float.IsNaN));
        flat.Close(flat.Model.state_dict()["A.bias"].grad!, flat.Trainer.Parameters.Single(parameter => parameter.Name == "A.bias").GetGradient(), "gradient beside NaN");
    }

    [Fact]
    public void Normalizations()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel(2, 4, 5)] public sealed partial class Images : nn.Module<Tensor, Tensor>
            {
                [Conv2d(2, 3, 3, Padding = 1)] public partial Layer A { get; }
                [BatchNorm2d(3)] public partial Layer Norm { get; }
                [BatchNorm2d(3, Affine = false, Momentum = 0.3, Eps = 0.01)] public partial Layer Plain { get; }
                [BatchNorm1d(60)] public partial Layer Rows { get; }
                [Linear(60, 3)] public partial Layer Head { get; }
                public override Tensor forward(Tensor x) => Head.forward(Rows.forward(nn.functional.relu(Plain.forward(Norm.forward(A.forward(x)))).flatten(1)));
            }
            [LayerModel(3, 6)] public sealed partial class Tokens : nn.Module<Tensor, Tensor>
            {
                [LayerNorm(6)] public partial Layer Before { get; }
                [Linear(6, 8), Compander] public partial Layer Up { get; }
                [Linear(8, 6)] public partial Layer Down { get; }
                [RmsNorm(6)] public partial Layer After { get; }
                [LayerNorm(6, Bias = false)] public partial Layer Last { get; }
                public override Tensor forward(Tensor x) => Last.forward(After.forward(x + Down.forward(nn.functional.gelu(Up.forward(Before.forward(x))))));
            }
            """);

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Information.Where(found => found.Id == "LDSL312").Select(found => found.ToString()));
        var assembly = run.Load();
        using var images = TrainerRun.Of(assembly.GetType("Images")!, device);
        images.PassesAgree(batch: 3, seed: 1, 2, 4, 5);
        images.PassesAgree(batch: 5, seed: 3, 2, 4, 5);
        foreach (var name in new[] { "Norm.running_mean", "Norm.running_var", "Plain.running_mean", "Plain.running_var", "Rows.running_mean", "Rows.running_var" })
        {
            images.Close(images.Model.state_dict()[name], images.Trainer.Parameters.Single(parameter => parameter.Name == name).Get(), name);
        }

        Assert.Throws<LayerShapeException>(() => images.Trainer.Forward(new float[40], new float[3], 1));
        using var tokens = TrainerRun.Of(assembly.GetType("Tokens")!, device);
        tokens.PassesAgree(batch: 2, seed: 1, 3, 6);
        tokens.PassesAgree(batch: 3, seed: 3, 3, 6);
    }

    [Fact]
    public void Steps_of_a_small_network_are_those_of_TorchSharp()
    {
        var type = GeneratorRun.OnDevice("""
            [LayerModel(1, 6, 6)] public sealed partial class Small : nn.Module<Tensor, Tensor>
            {
                [Conv2d(1, 3, 3, Padding = 1, Bias = false), Compander] public partial Layer Stem { get; }
                [BatchNorm2d(3)] public partial Layer Norm { get; }
                [Conv2d(3, 3, 3, Padding = 1, Groups = 3)] public partial Layer Deep { get; }
                [Linear(27, 3)] public partial Layer Head { get; }
                public override Tensor forward(Tensor x)
                {
                    var stem = nn.functional.relu(Norm.forward(Stem.forward(x)));
                    return Head.forward(nn.functional.max_pool2d(stem + Deep.forward(stem), 2).flatten(1));
                }
            }
            """).Load().GetType("Small")!;
        using var trained = TrainerRun.Of(type, device, new DeviceAdamW(0.01));
        using var reference = optim.AdamW(trained.Model.parameters(), 0.01, weight_decay: 0.01);
        for (var step = 0; step < 3; step++)
        {
            var x = Core.Folded.Values.Uniform(new Random(step), 4 * 36);
            int[] classes = [step, 1, 2, 0];
            var loss = trained.Trainer.Step(x, classes);

            using var scope = NewDisposeScope();
            reference.zero_grad();
            var expected = nn.functional.cross_entropy(trained.Model.forward(tensor(x).reshape(4, 1, 6, 6)), tensor(classes.Select(wanted => (long)wanted).ToArray()));
            expected.backward();
            reference.step();
            trained.Close(expected.reshape(1), [loss], "loss");
        }

        // The trainer's own numbers, before and after they are copied into a model that has others.
        using var other = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;
        type.GetMethod("LoadTrained")!.Invoke(other, [trained.Trainer]);
        var (copied, expectedState) = (other.state_dict(), trained.Model.state_dict());
        Assert.Equal(expectedState.Keys.Where(key => !key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Order(), trained.Trainer.Parameters.Select(parameter => parameter.Name).Order());
        foreach (var parameter in trained.Trainer.Parameters)
        {
            trained.Close(expectedState[parameter.Name], parameter.Get(), parameter.Name);
            trained.Close(expectedState[parameter.Name], copied[parameter.Name].detach().data<float>().ToArray(), parameter.Name);
        }

        WrongCallsChangeNothing(trained.Trainer);
    }

    private static void WrongCallsChangeNothing(DeviceTrainer trainer)
    {
        float[][] State() => [.. trainer.Parameters.Select(parameter => parameter.Get())];
        var before = State();

        Assert.Throws<LayerShapeException>(() => trainer.Step(new float[35], [0]));
        Assert.Throws<LayerShapeException>(() => trainer.Step(new float[72], [0]));
        Assert.Throws<LayerShapeException>(() => trainer.Forward(new float[36], new float[2], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Step(new float[36], [3]));
        Assert.Throws<InvalidOperationException>(() => trainer.Backward(new float[3]));
        Assert.Equal(before, State());
    }

    private static int LineOf(Microsoft.CodeAnalysis.Diagnostic found) => found.Location.GetLineSpan().StartLinePosition.Line - GeneratorRun.Usings.Count(letter => letter == '\n');
}
