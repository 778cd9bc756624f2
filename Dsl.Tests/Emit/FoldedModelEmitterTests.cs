using System.Globalization;
using System.Reflection;
using Basic.Reference.Assemblies;
using LayerDsl.Tests.Core.Folded;
using LayerDsl.Tests.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Emit;

/// <summary>The folded model computes what the user's forward computes, in a file that needs no TorchSharp.</summary>
[Collection(SharedRandomPrograms.Name)]
public sealed class FoldedModelEmitterTests
{
    private readonly RandomPrograms programs;

    public FoldedModelEmitterTests(RandomPrograms programs) => this.programs = programs;

    [Fact]
    public void Random_programs_agree_with_the_users_forward_in_double_precision()
    {
        Assert.DoesNotContain(programs.Run.Diagnostics, finding => finding.Id != "LDSL309");
        Assert.All(programs.Models, model => Agrees(model, seed: 1));
    }

    [Fact]
    public void Folded_files_compile_alone_without_TorchSharp() => Assert.Empty(CompileAlone(FoldedFiles(programs.Run)));

    [Theory]
    [InlineData("namespace A.B; public partial class Outer { internal partial struct Inner { ", " } }")]
    [InlineData("namespace A { ", " }")]
    [InlineData("", "")]
    public void Folded_files_repeat_the_place_of_the_model(string before, string after)
    {
        var run = GeneratorRun.Of(before + RandomModels.Write("M", 1) + after);

        Assert.Empty(run.CompileErrors);
        Assert.Empty(CompileAlone(FoldedFiles(run)));
    }

    [Fact]
    public void Names_that_could_collide_do_not()
    {
        var run = GeneratorRun.Of("""
            [LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor>
            {
                [Linear(4, 4)] public partial Layer Base { get; }
                [Linear(4, 4)] public partial Layer Batch { get; }
                [Linear(4, 4)] public partial Layer X { get; }
                [Linear(4, 4)] public partial Layer Y { get; }
                [Linear(4, 4)] public partial Layer A { get; }
                [Linear(4, 4)] public partial Layer ABuffer { get; }
                [Linear(4, 4)] public partial Layer Arena { get; }
                [Linear(4, 4)] public partial Layer ALayer { get; }
                [Linear(4, 4)] public partial Layer a_layer { get; }
                [Linear(4, 4)] public partial Layer Name { get; }
                [Linear(4, 4)] public partial Layer Signature { get; }
                [Linear(4, 4)] public partial Layer Layers { get; }
                [Linear(4, 4)] public partial Layer Sample { get; }
                [Linear(4, 4)] public partial Layer Folded_ { get; }
                [Linear(4, 4)] public partial Layer _1 { get; }
                public override Tensor forward(Tensor x)
                {
                    var (a, b) = (1, 2);
                    return x;
                }
            }
            """.Replace("var (a, b) = (1, 2);", string.Concat(NamesInUse.Select(name => $"x = x + {name}.forward(x);")), StringComparison.Ordinal));

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.CompileErrors);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(40)]
    public void A_deep_chain_needs_memory_for_two_values(int depth)
    {
        var text = GeneratorRun.Of(Chain(depth, _ => 5)).File("M.Folded.g.cs");

        Assert.Equal(1, text.Split("new PooledBuffer(").Length - 1);
        Assert.Contains("new PooledBuffer(checked(batch * 10))", text, StringComparison.Ordinal);
        Assert.Contains($"arena       10 values (40 bytes) per sample, {5 * (depth - 1)} without reuse", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_of_different_sizes_are_used_again()
    {
        var run = GeneratorRun.Of(Chain(6, layer => 4 + layer));
        var text = run.File("M.Folded.g.cs");

        // Values of 5, 6, 7, 8 and 9 numbers, of which neighbours live at once.
        Assert.Empty(CompileAlone(FoldedFiles(run)));
        Assert.Contains("new PooledBuffer(checked(batch * 17))", text, StringComparison.Ordinal);
        Agrees(run.Load().GetType("M")!, seed: 5);
    }

    [Fact]
    public void A_file_of_a_differently_wired_model_is_refused()
    {
        var sources = new[] { "B.forward(A.forward(x))", "A.forward(B.forward(x))", "B.forward(A.forward(x).relu())" };
        using var directory = new Core.TemporaryDirectory();
        var models = sources.Select(body => GeneratorRun.Of($$"""
            [LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor>
            {
                [Linear(4, 4)] public partial Layer A { get; }
                [Linear(4, 4)] public partial Layer B { get; }
                public override Tensor forward(Tensor x) => {{body}};
            }
            """).Load().GetType("M")!).ToArray();
        var path = directory["model.safetensors"];
        Fold(Create(models[0])).Save(path);

        Load(models[0], path);
        Assert.All(models[1..], other => Assert.IsType<FoldedFileException>(Assert.Throws<TargetInvocationException>(() => Load(other, path)).InnerException));
    }

    private static readonly string[] NamesInUse =
        ["Base", "Batch", "X", "Y", "A", "ABuffer", "Arena", "ALayer", "a_layer", "Name", "Signature", "Layers", "Sample", "Folded_", "_1"];

    private static void Agrees(Type type, int seed)
    {
        using var model = Create(type);
        var folded = Fold(model);
        const int Batch = 5;
        var x = Values.Uniform(new Random(seed), Batch * folded.InputSize, scale: 2);
        var y = new float[Batch * folded.OutputSize];
        folded.Forward(x, y, Batch);

        model.to(ScalarType.Float64);
        using var scope = NewDisposeScope();
        var expected = model.forward(tensor(x, [Batch, folded.InputSize]).to_type(ScalarType.Float64)).contiguous().data<double>().ToArray();
        for (var k = 0; k < y.Length; k++)
        {
            Values.Close(expected[k], y[k], 1e-4 * (1 + Math.Abs(expected[k])), string.Create(CultureInfo.InvariantCulture, $"{type.Name}, value {k}"));
        }
    }

    private static string Chain(int depth, Func<int, int> width)
    {
        var layers = Enumerable.Range(0, depth).Select(k => $"[Linear({width(k)}, {width(k + 1)})] public partial Layer Step{Letters(k)} {{ get; }}");
        var body = Enumerable.Range(0, depth).Aggregate("x", (inner, k) => $"Step{Letters(k)}.forward({inner}).relu()");
        return $"[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> {{ {string.Join("\n", layers)}\n public override Tensor forward(Tensor x) => {body}; }}";
    }

    private static string Letters(int number) => string.Concat((char)('A' + (number / 26)), (char)('A' + (number % 26)));

    private static nn.Module<Tensor, Tensor> Create(Type type) => (nn.Module<Tensor, Tensor>)Activator.CreateInstance(type)!;

    private static FoldedModel Fold(nn.Module<Tensor, Tensor> model) => (FoldedModel)model.GetType().GetMethod("Fold")!.Invoke(model, [])!;

    private static object Load(Type model, string path) => model.GetNestedType("Folded")!.GetMethod("Load")!.Invoke(null, [path])!;

    private static IEnumerable<string> FoldedFiles(GeneratorRun run) => run.Result.Results.Single().GeneratedSources
        .Where(source => source.HintName.EndsWith(".Folded.g.cs", StringComparison.Ordinal))
        .Select(source => source.SourceText.ToString());

    /// <summary>Everything that the compiler says, warnings as well, when it has no TorchSharp and no implicit usings.</summary>
    private static IEnumerable<Diagnostic> CompileAlone(IEnumerable<string> files) => CSharpCompilation.Create(
        "Alone",
        files.Select(text => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.CSharp14))),
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FoldedModel).Assembly.Location)],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
        .GetDiagnostics()
        .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
}
