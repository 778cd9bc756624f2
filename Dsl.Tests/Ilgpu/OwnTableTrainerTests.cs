using System.Reflection;
using LayerDsl.Ilgpu;
using LayerDsl.Tests.Generator;
using LayerDsl.Tests.Own;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Users' methods that look rows up with a table of the layer's own, on an accelerator and on TorchSharp's tape.</summary>
public sealed class OwnTableTrainerTests(CpuDevice device, OfflineCompiler compiler) : IClassFixture<CpuDevice>, IClassFixture<OfflineCompiler>
{
    private static readonly (string Name, string Layer, string Sample, long Outputs, long[] Shape)[] Models =
    [
        ("OfNumbers", "Linear(30, 14), Reparam(typeof(Shared), 5)", "(30)", 14, [30]),
        ("OfKernel", "Conv2d(2, 3, 3), Reparam(typeof(Shared), 5), Quantize(Bits = 8)", "(2, 5, 5)", 27, [2, 5, 5]),
        ("OfProduct", "Linear(6, 4), Reparam(typeof(Tied), 3, 2)", "(6)", 4, [6]),
        ("OfWeight", "Linear(6, 4), LowRank(2), Reparam(typeof(Permuted))", "(6)", 4, [6]),
        ("OfTurned", "Linear(6, 4), Reparam(typeof(Turned), 5)", "(6)", 4, [6]),
    ];

    private static readonly Lazy<Assembly> Loaded = new(() =>
    {
        var run = GeneratorRun.OnDevice(OwnGatherTests.Methods + string.Concat(Models.Select(model =>
            $"[LayerModel{model.Sample}] public sealed partial class {model.Name} : nn.Module<Tensor, Tensor> {{ [{model.Layer}] public partial Layer Subject {{ get; }} [Linear({model.Outputs}, 3)] public partial Layer Head {{ get; }} public override Tensor forward(Tensor x) => Head.forward(nn.functional.gelu(Subject.forward(x).flatten(1))); }}\n")));
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Information.Where(found => found.Id == "LDSL312").Select(found => found.ToString()));
        return run.Load();
    });

    [Fact]
    public void Outputs_and_gradients_are_those_of_TorchSharp()
    {
        foreach (var (name, _, _, _, shape) in Models)
        {
            using var trained = TrainerRun.Of(Loaded.Value.GetType(name)!, device);
            trained.PassesAgree(batch: 2, seed: 1, shape); // all indices are 0, or those of [Positions]
            var table = TableOf(trained);
            var rows = name == "OfProduct" ? 3 : name == "OfWeight" ? 4 : 5;
            float[] indices = [.. Enumerable.Range(0, table.Length).Select(place => (float)(place * 7 % 11 % rows))];
            table.Set(indices);
            using (no_grad())
            {
                trained.Model.state_dict()[table.Name].copy_(tensor(indices).reshape([.. table.Shape.Select(size => (long)size)]));
            }

            trained.PassesAgree(batch: 3, seed: 3, shape);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void An_index_without_a_row_is_thrown_before_a_parameter_changes(float wrong)
    {
        using var trained = TrainerRun.Of(Loaded.Value.GetType("OfNumbers")!, device);
        var (trainer, table) = (trained.Trainer, TableOf(trained));
        var indices = table.Get();
        indices[77] = wrong;
        table.Set(indices);
        var before = trainer.Parameters.Select(parameter => parameter.Get()).ToArray();

        var thrown = Assert.Throws<IndexOutOfTableException>(() => trainer.Step(new float[30], [1]));
        Assert.Equal((77L, 5, "shared_codes", (double)wrong), (thrown.Position, thrown.Count, thrown.Layer, thrown.Value));
        Assert.Throws<IndexOutOfTableException>(() => trainer.Forward(new float[30], new float[3], 1));
        Assert.Throws<InvalidOperationException>(trainer.Update);
        Assert.Equal(0, trainer.Updates);
        Assert.All(trainer.Parameters.Zip(before), pair => Assert.Equal(pair.Second, pair.First.Get()));
        table.Set(new float[table.Length]);
        Assert.True(float.IsFinite(trainer.Step(new float[30], [1])));
    }

    [Fact]
    public void Generated_kernels_around_it_compile_without_spills_and_without_atomic_operations()
    {
        var kernels = Loaded.Value.GetTypes().Where(type => type.Name.EndsWith("OnDevice", StringComparison.Ordinal)).SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic))
            .Where(method => method.ReturnType == typeof(void)).ToArray();
        Assert.NotEmpty(kernels);
        foreach (var kernel in kernels)
        {
            var ptx = compiler.Ptx(kernel, TrainingCatalog.IsGrouped(kernel)).Text;
            Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
            Assert.DoesNotContain("atom.", ptx, StringComparison.Ordinal);
        }
    }

    private static DeviceParameter TableOf(TrainerRun trained) => trained.Trainer.Parameters.Single(parameter => parameter.Name.StartsWith("Subject.", StringComparison.Ordinal)
        && (parameter.Name.EndsWith("codes", StringComparison.Ordinal) || parameter.Name.EndsWith("table", StringComparison.Ordinal) || parameter.Name.EndsWith("order", StringComparison.Ordinal)));
}
