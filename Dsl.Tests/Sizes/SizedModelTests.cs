using LayerDsl.Generator.Emit;
using LayerDsl.Generator.Emit.Managed;
using LayerDsl.Tests.Core;
using LayerDsl.Tests.Emit;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Sizes;

/// <summary>Folded models whose constructors take sizes, against the same models declared with numbers, which are tested elsewhere.</summary>
public sealed class SizedModelTests : IDisposable
{
    /// <summary>Composed operations and fused loops round the folded weights otherwise: a few units in the last place, times sums of at most 20 terms near 1.</summary>
    private const float Tolerance = 1e-5f;

    private const int Batch = 4;

    private readonly TemporaryDirectory directory = new();

    public SizedModelTests() => SizedModels.Prepare();

    public static TheoryData<string, int[]> Models => SizedModels.All;

    public void Dispose() => directory.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void A_folded_model_of_any_size_computes_what_the_same_with_numbers_does(string name, int[] sizes)
    {
        random.manual_seed(3);
        using var numbered = SizedModels.MakeNumbered(name, sizes);
        using var sized = SizedModels.Make(name, sizes);
        sized.load_state_dict(numbered.state_dict());
        numbered.eval();
        sized.eval();
        var (expected, actual) = (SizedModels.Fold(numbered), SizedModels.Fold(sized));
        var x = Input(name, expected.InputSize, sizes);
        AssertClose(Run(expected, x), Run(actual, x));

        using var shaped = name is "Images" or "Grouped" ? tensor(x).view(Batch, 1, 6, 6) : name is "Tokens" or "Mixed" or "Keyed" ? tensor(x).view(Batch, 5).to_type(int64) : tensor(x).view(Batch, -1);
        AssertClose(sized.forward(shaped).contiguous().data<float>().ToArray(), Run(actual, x));
        _ = sized.GetType().GetMethod("VerifyFold")!.Invoke(sized, System.Reflection.BindingFlags.DoNotWrapExceptions, null, [shaped], null);
        Assert.Equal(sizes, actual.Sizes.Select(size => size.Value));
        Assert.Empty(expected.Sizes);

        actual.Save(directory["model"]);
        var loaded = SizedModels.Load(name, directory["model"]);
        Assert.Equal(Run(actual, x), Run(loaded, x));
        Assert.Equal(actual.Sizes, loaded.Sizes);
    }

    [Fact]
    public void Sizes_that_do_not_fit_together_are_refused_before_a_layer_is_made()
    {
        var refusal = Assert.Throws<LayerSizeException>(() => SizedModels.Make("Images", 3, 13));
        Assert.Equal(("Head", "features", 13L), (refusal.Layer, refusal.Size, refusal.Actual));
        Assert.Contains("12, the size '4 * channels'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("width", Assert.Throws<LayerSizeException>(() => SizedModels.Make("Coded", 7, 6)).Size); // groups of 4
    }

    [Fact]
    public void Layers_of_other_sizes_make_no_folded_model()
    {
        var type = SizedModels.Class("Mlp").GetNestedType("Folded")!;
        var (small, large) = (SizedModels.Fold(SizedModels.Make("Mlp", 5, 4, 2)), SizedModels.Fold(SizedModels.Make("Mlp", 5, 6, 2)));
        object Make(int width, FoldedLayer head) => type.GetConstructors().Single().Invoke(System.Reflection.BindingFlags.DoNotWrapExceptions, null, [5, width, 2, .. small.Layers.SkipLast(1), head], null);

        Assert.NotNull(Make(4, small.Layers[^1]));
        Assert.Contains("Head", Assert.Throws<LayerShapeException>(() => Make(4, large.Layers[^1])).Message, StringComparison.Ordinal);
        _ = Assert.Throws<LayerShapeException>(() => Make(6, small.Layers[^1]));
        _ = Assert.Throws<LayerShapeException>(() => Make(0, small.Layers[^1]));
    }

    [Fact]
    public void A_file_that_contradicts_itself_is_refused()
    {
        SizedModels.Fold(SizedModels.Make("Images", 3, 12)).Save(directory["good"]);
        Refused("its sizes were edited", notes => notes["sizes"] = "channels=3;features=20", seal: false);
        Refused("'Head.weight'", notes => notes["sizes"] = "channels=3;features=20");
        Refused("'Stem.weight'", notes => notes["sizes"] = "channels=4;features=16");
        Refused("contradict", notes => notes["sizes"] = "channels=3;features=13", SafetensorsEntry.FromFloats("Head.weight", new float[39], 3, 13));
        Refused("no size 'features'", notes => notes["sizes"] = "channels=3");
        Refused("no size 'channels'", notes => notes["sizes"] = "channels=0;features=12");
        Refused("no size 'channels'", notes => notes["sizes"] = "channels=99999999999;features=12");
        Refused("no size 'channels'", notes => notes.Remove("sizes"));
        File.WriteAllBytes(directory["model"], File.ReadAllBytes(directory["good"])[..^7]);
        _ = Assert.Throws<FoldedFileException>(() => SizedModels.Load("Images", directory["model"]));
    }

    [Fact]
    public void Every_size_is_checked_before_it_is_computed_with_even_one_that_no_layer_takes()
    {
        var assembly = GeneratorRun.Of("""
            [LayerModel(4)] public sealed partial class Spared : nn.Module<Tensor, Tensor>
            {
                public partial Spared(int width, int spare);
                [Linear(4, nameof(width))] public partial Layer A { get; }
                public override Tensor forward(Tensor x) => A.forward(x);
            }
            [LayerModel(1, 2, 2)] public sealed partial class Wide : nn.Module<Tensor, Tensor>
            {
                public partial Wide(long channels, long features);
                [Conv2d(1, nameof(channels), 1)] public partial Layer Stem { get; }
                [Linear(nameof(features), 3)] public partial Layer Head { get; }
                public override Tensor forward(Tensor x) => Head.forward(Stem.forward(x).flatten(1));
            }
            """).Load();
        LayerSizeException Refusal(string model, params object[] sizes) =>
            Assert.IsType<LayerSizeException>(Assert.Throws<System.Reflection.TargetInvocationException>(() => Activator.CreateInstance(assembly.GetType(model)!, sizes)).InnerException);

        Assert.StartsWith("'Spared': spare is 0, but must be at least 1", Refusal("Spared", 3, 0).Message, StringComparison.Ordinal);
        Assert.Equal("channels", Refusal("Wide", long.MaxValue, 8L).Size); // four times as many are no long
        Assert.Equal("features", Refusal("Wide", 2L, 7L).Size);
        ((IDisposable)Activator.CreateInstance(assembly.GetType("Wide")!, 2L, 8L)!).Dispose();
    }

    [Fact]
    public void Heads_that_do_not_divide_are_refused_by_models_and_files()
    {
        var refusal = Assert.Throws<LayerSizeException>(() => SizedModels.Make("Mixed", 9, 6, 4));
        Assert.Equal("'Mix': width is 6, but must be a multiple of 4, the number of heads.", refusal.Message);
        SizedModels.Fold(SizedModels.Make("Mixed", 9, 6, 3)).Save(directory["good"]);
        Assert.Equal("count=9;width=6;heads=3", SafetensorsFile.Read(directory["good"]).Metadata["sizes"]);
        Refused("heads", notes => notes["sizes"] = "count=9;width=6;heads=4", model: "Mixed");
        Refused("'Table.weight'", notes => notes["sizes"] = "count=9;width=9;heads=3", model: "Mixed");
    }

    [Fact]
    public void Places_in_the_arena_are_those_that_the_compiler_finds_for_numbers()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var spans = BufferPlan.Of(RandomForward.Of(seed), new NameScope(BufferPlan.Input, BufferPlan.Output));
            var plan = ArenaPlan.Of("Random", [.. spans.Spans.Select(span => new ArenaLife(span.Step, span.Last, span.Size))]);
            Assert.Equal(spans.Size, plan.Length);
            var arena = new float[2 * plan.Length];
            for (var k = 0; k < spans.Spans.Count; k++)
            {
                Assert.True(arena.AsSpan(2 * spans.Spans[k].Offset, 2 * spans.Spans[k].Size) == plan.Slice(arena, k, 2));
            }
        }

        Assert.Equal("Large", Assert.Throws<LayerSizeException>(() => ArenaPlan.Of("Large", [new(0, 2, int.MaxValue), new(1, 2, int.MaxValue)])).Layer);
    }

    [Fact]
    public void On_a_device_a_model_needs_numbers_and_says_so()
    {
        var run = GeneratorRun.OnDevice("[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> { public partial M(int n); [Linear(nameof(n), 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }");
        Assert.Empty(run.CompileErrors);
        Assert.Equal("Linear(nameof(n), 3)", run.TextAt(Assert.Single(run.Information, found => found.Id == "LDSL311")));
        Assert.NotNull(run.Load().GetType("M")!.GetMethod("Fold"));
        Assert.Null(run.Load().GetType("M")!.GetMethod("FoldIlgpu"));
    }

    [Fact]
    public void The_generated_class_reads_well()
    {
        var text = SizedModels.FoldedText("Images");
        Assert.Contains("Head        Linear(features, 3)", text, StringComparison.Ordinal);
        Assert.Contains("public Folded(int channels, int features, FoldedConv2d stemLayer", text, StringComparison.Ordinal);
        Assert.Contains("new ArenaLife(First: 0, Last: 1, Length: LayerSizes.Total(Name, \"16 * channels\", LayerSizes.Exact(16) * channels))", text, StringComparison.Ordinal);
        Assert.Contains("LayerSizes.Agree(\"Head\", \"features\", features, \"4 * channels\", LayerSizes.Exact(4) * channels);", text, StringComparison.Ordinal);
    }

    private void Refused(string part, Action<Dictionary<string, string>> change, SafetensorsEntry? instead = null, bool seal = true, string model = "Images")
    {
        var file = SafetensorsFile.Read(directory["good"]);
        var entries = file.Names.Select(file.Get).Select(entry => entry.Name == instead?.Name ? instead : entry).ToList();
        var notes = new Dictionary<string, string>(file.Metadata);
        change(notes);
        if (seal)
        {
            notes[FoldedModelFile.ChecksumKey] = FoldedModelFile.Checksum(entries, notes.GetValueOrDefault("sizes"));
        }

        SafetensorsWriter.Write(directory["model"], entries, notes);
        Assert.Contains(seal ? part : "SHA-256", Assert.Throws<FoldedFileException>(() => SizedModels.Load(model, directory["model"])).Message, StringComparison.Ordinal);
    }

    private static float[] Input(string model, int size, int[] sizes) => model is "Tokens" or "Mixed" or "Keyed"
        ? [.. Enumerable.Range(0, Batch * size).Select(k => (float)(k * 7 % sizes[0]))]
        : randn(Batch * size).data<float>().ToArray();

    private static float[] Run(FoldedModel model, float[] x)
    {
        var y = new float[Batch * model.OutputSize];
        model.Forward(x, y, Batch);
        return y;
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= Tolerance * Math.Max(1, expected.Max(Math.Abs)), $"differs by {worst}");
    }
}
