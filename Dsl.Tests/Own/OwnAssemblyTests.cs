using LayerDsl.Generator;
using LayerDsl.Generator.Own;
using LayerDsl.Tests.Generator;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Own;

/// <summary>Methods of another assembly, and what an edit of a method runs again.</summary>
public sealed class OwnAssemblyTests
{
    private const string Library = """
        namespace Library;
        [Reparameterization(Paper = "A paper")]
        public static partial class Scaled
        {
            public static Weight Map(Weight v, [PerRow] Weight g, [Shape("rank", "in"), Start(0)] Weight a, int rank, double power = 0.5)
            {
                var length = Functions.Sqrt(Functions.SumOverRow(v * v));
                return g * v / length + power * Functions.SumOverColumn(a);
            }
            public static (Weight v, Weight g) Inverse(Weight w) => (w, Functions.Sqrt(Functions.SumOverRow(w * w)));
        }
        """;

    private const string User = "[Linear(4, 3), Reparam(typeof(Library.Scaled), 2)] public sealed partial class Layer1;";

    private static (GeneratorDriverRunResult Result, System.Collections.Immutable.ImmutableArray<Diagnostic> Diagnostics, Compilation Output) Use(MetadataReference library)
    {
        var compilation = GeneratorRun.Compile(User).AddReferences(library);
        var driver = GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        return (driver.GetRunResult(), diagnostics, output);
    }

    private static MetadataReference Compiled(string source, bool withGenerator)
    {
        Compilation compilation = GeneratorRun.Compile(source).WithAssemblyName("Library");
        if (withGenerator)
        {
            GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        }

        var stream = new MemoryStream();
        Assert.True(compilation.Emit(stream).Success);
        stream.Position = 0;
        return MetadataReference.CreateFromStream(stream);
    }

    [Fact]
    public void A_method_of_another_assembly_gives_the_same_layer_as_one_of_its_own()
    {
        var (result, diagnostics, output) = Use(Compiled(Library, withGenerator: true));
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Severity > DiagnosticSeverity.Info);
        Assert.Empty(output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var theirs = result.Results.Single().GeneratedSources.Single(source => source.HintName == "Layer1.g.cs").SourceText.ToString();
        Assert.Equal(GeneratorRun.Of(Library.Replace("namespace Library;", "namespace Library {", StringComparison.Ordinal) + "} " + User).File("Layer1.g.cs"), theirs);
        Assert.Contains("proved for every input, parameter and size", theirs, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_without_the_form_is_refused_with_the_reason()
    {
        var found = Assert.Single(Use(Compiled(Library, withGenerator: false)).Diagnostics);
        Assert.Equal("LDSL505", found.Id);
        Assert.Contains("compiled without the generator", found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4, \"\"", "in version 4")]
    [InlineData("0, \"\"", "in version 0")]
    [InlineData("1, \"\"", "damaged")]
    [InlineData("1, \"method\\ta\\n\"", "damaged")]
    [InlineData("1, \"method\\tM\\tf\\t\\t0\\nparameter\\tv\\tFull\\tTrainable\\t\\t\\t\\t\\t\\t0\\nbody\\tMap\\t0\\t\\nAdd\\t0,0\\t0\\t\\n\"", "damaged")]
    public void A_form_that_cannot_be_read_is_refused(string form, string says)
    {
        var found = Assert.Single(Use(Compiled($$"""
            namespace Library;
            [Reparameterization, ReparameterizationForm({{form}})] public static partial class Scaled { public static Weight Map(Weight v, int rank) => v; }
            """, withGenerator: false)).Diagnostics);
        Assert.Equal("LDSL505", found.Id);
        Assert.Contains(says, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_cut_off_or_changed_anywhere_gives_a_method_or_none()
    {
        var method = Read(Library);
        var text = OwnText.Write(method);
        Assert.Equal(method, OwnText.Read(text));
        for (var k = 0; k < text.Length; k++)
        {
            _ = OwnText.Read(text[..k]);
            _ = OwnText.Read(text[..k] + "9" + text[(k + 1)..]);
            _ = OwnText.Read(text[..k] + "\t" + text[(k + 1)..]);
            _ = OwnText.Read(text.Remove(k, 1));
        }
    }

    private static OwnMethod Read(string source)
    {
        var compilation = GeneratorRun.Compile(source);
        var (method, diagnostics) = OwnMethodReader.Read(compilation.GetTypeByMetadataName("Library.Scaled")!, compilation, null, CancellationToken.None);
        Assert.Empty(diagnostics);
        return method!;
    }

    [Fact]
    public void An_edit_of_a_body_runs_the_layers_that_use_it_only()
    {
        const string First = "[Reparameterization] public static partial class A { public static Weight Map(Weight v) => Functions.Tanh(v); }";
        const string Second = "[Reparameterization] public static partial class B { public static Weight Map(Weight v) => Functions.Atan(v); }";
        const string Layers = """
            [LayerModel] public sealed partial class Net : nn.Module<Tensor, Tensor>
            {
                [Linear(4, 3), Reparam(typeof(A))] public partial Layer One { get; }
                [Linear(3, 3), Reparam(typeof(B))] public partial Layer Two { get; }
                [Linear(3, 2)] public partial Layer Three { get; }
                public override Tensor forward(Tensor x) => Three.forward(Two.forward(One.forward(x)));
            }
            [Linear(4, 3), Reparam(typeof(A))] public sealed partial class UsesA;
            [Linear(4, 3), Reparam(typeof(B))] public sealed partial class UsesB;
            """;
        var before = GeneratorRun.Compile(First, Second, Layers);
        var after = before.ReplaceSyntaxTree(before.SyntaxTrees[0], GeneratorRun.Parse(First.Replace("Tanh", "Sin", StringComparison.Ordinal)));
        var steps = GeneratorRun.Driver().RunGenerators(before).RunGenerators(after).GetRunResult().Results.Single().TrackedSteps;
        foreach (var (step, changed, all) in new[] { (StepNames.ProvedLayers, 2, 5), (StepNames.LayerFiles, 2, 5), (StepNames.MethodFiles, 1, 2) })
        {
            var reasons = steps[step].SelectMany(run => run.Outputs).Select(output => output.Reason).ToArray();
            Assert.Equal(all, reasons.Length);
            Assert.Equal(changed, reasons.Count(reason => reason == IncrementalStepRunReason.Modified));
            Assert.Equal(all - changed, reasons.Count(reason => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        }
    }

    [Fact]
    public void A_comment_in_a_body_runs_no_layer()
    {
        const string Method = "[Reparameterization] public static partial class A { public static Weight Map(Weight v) { /**/ return Functions.Tanh(v); } }";
        const string Layer = "[Linear(4, 3), Reparam(typeof(A))] public sealed partial class UsesA;";
        var before = GeneratorRun.Compile(Method, Layer);
        var after = before.ReplaceSyntaxTree(before.SyntaxTrees[0], GeneratorRun.Parse(Method.Replace("/**/", "/* the curve */", StringComparison.Ordinal)));
        var steps = GeneratorRun.Driver().RunGenerators(before).RunGenerators(after).GetRunResult().Results.Single().TrackedSteps;
        Assert.All(steps[StepNames.ProvedLayers].Concat(steps[StepNames.MethodFiles]).SelectMany(run => run.Outputs), output => Assert.Contains(output.Reason, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));
    }
}
