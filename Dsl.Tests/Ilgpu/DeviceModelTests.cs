using ILGPU;
using ILGPU.Runtime;
using LayerDsl.Ilgpu;
using LayerDsl.Ilgpu.Layers;
using LayerDsl.Tests.Core.Folded;
using LayerDsl.Tests.Generator;
using VerifyXunit;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Generated models on an accelerator equal the folded models that they are made from.</summary>
public sealed class DeviceModelTests(CpuDevice device, OfflineCompiler compiler) : IClassFixture<CpuDevice>, IClassFixture<OfflineCompiler>
{
    public static TheoryData<string> Kinds => new(CompositionPairs.Kinds.Select(kind => kind.Name));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_method_on_every_kind_of_layer(string name)
    {
        var kind = CompositionPairs.Kinds.Single(candidate => candidate.Name == name);
        var models = CompositionPairs.Methods.Select((method, number) =>
            $"[LayerModel({kind.Model})] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [{kind.Attribute}, {method.Attribute}] public partial Layer Subject {{ get; }} {kind.Rest} public override Tensor forward(Tensor x) => {kind.Forward}; }}\n").ToArray();
        var run = GeneratorRun.OnDevice(string.Concat(models));
        var firstLine = GeneratorRun.Usings.Count(letter => letter == '\n');
        var refused = run.Diagnostics.Where(found => found.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)
            .Select(found => found.Location.GetLineSpan().StartLinePosition.Line).Distinct().ToDictionary(line => line, line => $"Model{line - firstLine}");

        // What cannot be declared is refused by a diagnostic of its own, which the tests of the composition look at.
        var types = run.Load(without: refused).GetTypes().Where(type => type.Name.StartsWith("Model", StringComparison.Ordinal) && type.GetNestedType("OnDevice") is not null).ToArray();

        Assert.Equal(models.Length - refused.Count, types.Length);
        Assert.All(types, type => Agrees(type, batch: (int)kind.Sample[0], entries: 0, kind.Sample[1..]));
    }

    [Fact]
    public void Every_kind_of_layer_without_methods()
    {
        var kinds = CompositionPairs.KindsWithoutMethods;
        var assembly = GeneratorRun.OnDevice(string.Concat(kinds.Select(kind =>
            $"[LayerModel({kind.Model})] public sealed partial class {kind.Name} : nn.Module<Tensor, Tensor> {{ [{kind.Attribute}] public partial Layer Subject {{ get; }} public override Tensor forward(Tensor x) => {kind.Forward}; }}\n"))).Load();

        Assert.All(kinds, kind => Agrees(assembly.GetType(kind.Name)!, (int)kind.Sample[0], entries: kind.Name == "Embedding" ? 9 : 0, kind.Sample[1..]));
    }

    [Fact]
    public void Every_kind_of_step_and_layer()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel(2, 6, 5)] public sealed partial class Images : nn.Module<Tensor, Tensor>
            {
                [Conv2d(2, 4, 3, Padding = 1)] public partial Layer Stem { get; }
                [BatchNorm2d(4)] public partial Layer Norm { get; }
                [Conv2d(4, 4, 3, Padding = 1)] public partial Layer Again { get; }
                [Linear(4, 3)] public partial Layer Head { get; }
                [BatchNorm1d(3)] public partial Layer HeadNorm { get; }
                [BatchNorm1d(3)] public partial Layer Last { get; }
                public override Tensor forward(Tensor x)
                {
                    var y = nn.functional.relu(Stem.forward(x));
                    y = Norm.forward(y) * 2 + y;
                    y = nn.functional.max_pool2d(nn.functional.gelu(Again.forward(y)) - y, 2);
                    y = nn.functional.avg_pool2d(y, 2, padding: 1) * nn.functional.sigmoid(nn.functional.avg_pool2d(y, 2, padding: 1));
                    y = nn.functional.adaptive_avg_pool2d(y, 1).flatten(1);
                    y = Last.forward(nn.functional.gelu(HeadNorm.forward(Head.forward(y))));
                    return nn.functional.log_softmax(y, -1);
                }
            }
            [LayerModel(3)] public sealed partial class Tokens : nn.Module<Tensor, Tensor>
            {
                [Embedding(7, 8)] public partial Layer Table { get; }
                [LayerNorm(8)] public partial Layer Before { get; }
                [Attention(8, 2, Causal = true)] public partial Layer Mixer { get; }
                [RmsNorm(8)] public partial Layer After { get; }
                [Linear(8, 8)] public partial Layer Shared { get; }
                public override Tensor forward(Tensor x)
                {
                    var y = Table.forward(x);
                    y = y + nn.functional.tanh(Mixer.forward(Before.forward(y)));
                    y = Shared.forward(nn.functional.relu(Shared.forward(After.forward(y))));
                    return nn.functional.softmax(1 - y, -1);
                }
            }
            """);

        Assert.DoesNotContain(run.Diagnostics, found => found.Severity != Microsoft.CodeAnalysis.DiagnosticSeverity.Info);
        var assembly = run.Load();
        Agrees(assembly.GetType("Images")!, batch: 2);
        Agrees(assembly.GetType("Tokens")!, batch: 2, entries: 7);
    }

    [Fact]
    public Task The_generated_class() => Verifier.Verify(GeneratorRun.OnDevice("""
        namespace Demo;

        [LayerModel(1, 28, 28)]
        public sealed partial class Net : nn.Module<Tensor, Tensor>
        {
            [Conv2d(1, 16, 3, Padding = 1), Quantize] public partial Layer Stem { get; }
            [Linear(3136, 512), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 64), LowRank(8)] public partial Layer Hidden { get; }
            [Linear(512, 512), SparseIso(0.75)] public partial Layer Gate { get; }
            [Linear(512, 10)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x)
            {
                var image = nn.functional.max_pool2d(nn.functional.relu(Stem.forward(x)), 2);
                var hidden = Hidden.forward(image.flatten(1));
                var gated = hidden * nn.functional.sigmoid(Gate.forward(nn.functional.gelu(hidden)));
                return nn.functional.log_softmax(Head.forward(0.5 * gated + hidden), -1);
            }
        }
        """).File("Demo.Net.OnDevice.g.cs"));

    [Fact]
    public void Values_on_the_device_may_start_anywhere_and_stay_there()
    {
        var run = GeneratorRun.OnDevice("[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> { [Linear(8, 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }");
        using var model = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(run.Load().GetType("M")!)!;
        using var onDevice = Upload(model);
        var x = Values.Uniform(new Random(2), 16);
        var expected = new float[6];
        onDevice.Forward(x, expected, 2);
        using var from = device.Accelerator.Allocate1D<float>([0, .. x]);
        using var to = device.Accelerator.Allocate1D<float>(7);

        onDevice.Forward(from.View.BaseView.SubView(1, 16), to.View.BaseView.SubView(1, 6), 2);
        onDevice.ThrowNoted();
        onDevice.Stream.Synchronize();

        Assert.Equal(expected, to.GetAsArray1D()[1..]);
        Assert.Throws<LayerShapeException>(() => onDevice.Forward(from.View.BaseView, to.View.BaseView.SubView(1, 6), 2));
    }

    [Fact]
    public void A_batch_that_is_too_large_goes_through_in_parts()
    {
        var folded = TwoLayerModel.Random(seed: 3);
        using var onDevice = new TwoLayersOnDevice(folded, device.Accelerator);
        var x = Values.Uniform(new Random(4), 7 * 3);
        var (expected, actual) = (new float[7 * 2], new float[7 * 2]);
        folded.Forward(x, expected, 7);

        onDevice.Forward(x, actual, 7);

        Assert.All(expected.Zip(actual), pair => Values.Close(pair.First, pair.Second, 1e-6 * (1 + Math.Abs(pair.First)), "a value"));
        using var values = device.Accelerator.Allocate1D<float>(7 * 3);
        Assert.Throws<LayerShapeException>(() => onDevice.Forward(values.View.BaseView, values.View.BaseView.SubView(0, 14), 7));
    }

    [Fact]
    public void A_fused_kernel_keeps_its_promise()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor>
            {
                [Linear(5, 4)] public partial Layer A { get; }
                [Linear(5, 4)] public partial Layer B { get; }
                public override Tensor forward(Tensor x)
                {
                    var a = A.forward(x);
                    var b = B.forward(x);
                    return nn.functional.tanh((a * 2 - b) * nn.functional.sigmoid(b)) + a;
                }
            }
            """);
        var kernels = run.Load().GetType("M")!.GetNestedType("OnDevice")!
            .GetMethods(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic).Where(method => method.Name.StartsWith("Fused", StringComparison.Ordinal)).ToArray();
        var kernel = Assert.Single(kernels);

        Assert.Contains($"{kernel.Name}: y = Tanh((before * 2f - b) * Sigmoid(b)) + before; 2 loads and 1 store for each value", run.File("M.OnDevice.g.cs"), StringComparison.Ordinal);
        Assert.All(OfflineCompiler.Architectures, architecture =>
        {
            var ptx = compiler.Ptx(kernel, isGrouped: false, architecture);
            Assert.Equal(2, ptx.Instructions.Count(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal)));
            Assert.Equal(1, ptx.Instructions.Count(instruction => instruction.Operation.StartsWith("st.global", StringComparison.Ordinal)));
            Assert.DoesNotContain(".local", ptx.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Without_the_package_nothing_of_it_is_generated()
    {
        const string Source = "[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }";

        Assert.DoesNotContain(GeneratorRun.Of(Source).Result.Results.Single().GeneratedSources, file => file.HintName.Contains("Device", StringComparison.Ordinal) || file.HintName.Contains("Ilgpu", StringComparison.Ordinal));
        Assert.Contains("M.OnDevice.g.cs", GeneratorRun.OnDevice(Source).Result.Results.Single().GeneratedSources.Select(file => file.HintName));
    }

    [Fact]
    public void What_is_too_large_for_a_device_is_said_where_it_stands()
    {
        var run = GeneratorRun.OnDevice("[LayerModel(70000, 2, 2)] public sealed partial class M : nn.Module<Tensor, Tensor> { [BatchNorm2d(70000)] public partial Layer Norm { get; } public override Tensor forward(Tensor x) => Norm.forward(x); }");
        var found = Assert.Single(run.Diagnostics, found => found.Id == "LDSL310");

        Assert.Equal("BatchNorm2d(70000)", run.TextAt(found));
        Assert.Empty(run.CompileErrors);
        Assert.DoesNotContain(run.Result.Results.Single().GeneratedSources, file => file.HintName is "M.OnDevice.g.cs" or "M.FoldIlgpu.g.cs");
    }

    [Fact]
    public void Wrong_lengths_and_indices_are_refused_before_anything_is_written()
    {
        var run = GeneratorRun.OnDevice("""
            [LayerModel(3)] public sealed partial class Tokens : nn.Module<Tensor, Tensor>
            {
                [Embedding(7, 2)] public partial Layer Table { get; }
                public override Tensor forward(Tensor x) => Table.forward(x);
            }
            """);
        using var model = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(run.Load().GetType("Tokens")!)!;
        var onDevice = Upload(model);
        var y = new float[6];

        Assert.Throws<LayerShapeException>(() => onDevice.Forward(new float[4], y, 1));
        Assert.Throws<LayerShapeException>(() => onDevice.Forward([], y, 0));
        Assert.Throws<IndexOutOfTableException>(() => onDevice.Forward([1, 7, 0], y, 1));
        Assert.All(y, value => Assert.Equal(0, value));
        onDevice.Forward([1, 6, 0], y, 1);
        Assert.DoesNotContain(y, value => value == 0);
        onDevice.Dispose();
        onDevice.Dispose();
        Assert.Throws<ObjectDisposedException>(() => onDevice.Forward([1, 6, 0], y, 1));
    }

    private void Agrees(Type type, int batch, int entries = 0, params long[] sample)
    {
        using var model = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;
        if (model.modules().OfType<Layer>().Any(layer => layer.GetActivationParameters() is { CanBeCalibrated: true }))
        {
            model.Calibrate([randn([batch, .. sample])]);
        }

        model.eval();
        var folded = (FoldedModel)type.GetMethod("Fold")!.Invoke(model, [])!;
        using var onDevice = Upload(model);
        var random = new Random(1);
        var x = entries > 0 ? [.. Enumerable.Range(0, batch * folded.InputSize).Select(_ => (float)random.Next(entries))] : Values.Uniform(random, batch * folded.InputSize);
        var (expected, actual) = (new float[batch * folded.OutputSize], new float[batch * folded.OutputSize]);
        folded.Forward(x, expected, batch);

        onDevice.Forward(x, actual, batch);

        for (var k = 0; k < expected.Length; k++)
        {
            // Sums of less than 100 terms around 1, through a few layers: a hundred times their rounding.
            Values.Close(expected[k], actual[k], 2e-5 * (1 + Math.Abs(expected[k])), $"{type.Name}, value {k}");
        }

        if (type.GetProperty("Subject") is not null)
        {
            var input = tensor(x, [batch, .. sample]);
            IsWithinTheBound(model, entries > 0 ? input.to_type(ScalarType.Int64) : input, actual);
        }
    }

    /// <summary>
    /// The certificate bounds how far the training form and any folded form are apart, in whatever order sums are made: here the one on the device.
    /// The model is <c>Subject</c>, or <c>Head(relu(Subject))</c>; relu carries errors over as they are.
    /// </summary>
    private static void IsWithinTheBound(nn.Module<Tensor, Tensor> model, Tensor x, float[] actual)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (subject, head) = (LayerOf(model, "Subject")!, LayerOf(model, "Head"));
        var exact = x.to_type(ScalarType.Float64);
        var bound = subject.RoundingBoundAt(exact, zeros_like(exact));
        if (head is not null)
        {
            bound = head.RoundingBoundAt(nn.functional.relu(subject.forward(x)).to_type(ScalarType.Float64), bound);
        }

        var training = model.forward(x).to_type(ScalarType.Float64).reshape(-1).data<double>().ToArray();
        var limits = bound.reshape(-1).data<double>().ToArray();
        for (var k = 0; k < limits.Length; k++)
        {
            Values.Close(training[k], actual[k], limits[k], $"{model.GetName()}, value {k} by the certificate's bound");
        }
    }

    private static Layer? LayerOf(nn.Module model, string name) => (Layer?)model.GetType().GetProperty(name)?.GetValue(model);

    private DeviceModel Upload(nn.Module<Tensor, Tensor> model) =>
        (DeviceModel)model.GetType().GetMethod("FoldIlgpu")!.Invoke(model, [device.Accelerator, WeightPrecision.Single])!;

    /// <summary>What the generator writes, by hand: with two samples at once.</summary>
    private sealed class TwoLayersOnDevice : DeviceModel
    {
        private readonly DeviceLinear hidden;
        private readonly DeviceLinear head;
        private readonly DeviceBuffer buffer;

        public TwoLayersOnDevice(TwoLayerModel folded, Accelerator accelerator)
            : base(folded, accelerator, samplesAtOnce: 2)
        {
            hidden = Upload((FoldedLinear)folded.Layers[0], new LaunchConfiguration(16, 32, 8), DeviceActivation.Relu);
            head = Upload((FoldedLinear)folded.Layers[1], new LaunchConfiguration(16, 32, 8), DeviceActivation.None);
            buffer = NewBuffer();
        }

        protected override void Run(ArrayView<float> x, ArrayView<float> y, int batch)
        {
            var middle = buffer.View(batch * 5);
            hidden.Forward(Stream, x, middle, batch);
            head.Forward(Stream, middle, y, batch);
        }
    }
}
