using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Basic.Reference.Assemblies;
using LayerDsl.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Tests.Generator;

/// <summary>Runs the generator over a source text, as the compiler would.</summary>
internal sealed class GeneratorRun
{
    public const string Usings = """
        using System;
        using LayerDsl;
        using TorchSharp;
        using static TorchSharp.torch;

        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14);

    private static readonly ImmutableArray<MetadataReference> TorchReferences =
    [
        .. Net100.References.All,
        MetadataReference.CreateFromFile(typeof(LinearAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(FoldedModel).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Layer).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
    ];

    /// <summary>The same with the package that runs folded models on a device.</summary>
    private static readonly ImmutableArray<MetadataReference> DeviceReferences =
    [
        .. TorchReferences,
        MetadataReference.CreateFromFile(typeof(LayerDsl.Ilgpu.DeviceModel).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(ILGPU.Context).Assembly.Location),
    ];

    /// <summary>What the SDK turns off in every project: assemblies built against an older framework.</summary>
    private static readonly KeyValuePair<string, ReportDiagnostic>[] SdkDefaults = [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)];

    private GeneratorRun(Compilation input, Compilation output, GeneratorDriverRunResult result, ImmutableArray<Diagnostic> diagnostics)
    {
        Input = input;
        Output = output;
        Result = result;
        Diagnostics = [.. diagnostics.Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Info)];
        Information = [.. diagnostics.Where(diagnostic => diagnostic.Severity <= DiagnosticSeverity.Info)];
    }

    public Compilation Input { get; }

    public Compilation Output { get; }

    public GeneratorDriverRunResult Result { get; }

    /// <summary>The errors and warnings that the generator reported.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>What it says of layers that are in order.</summary>
    public ImmutableArray<Diagnostic> Information { get; }

    /// <summary>The compiler's errors in the user's and the generated code together.</summary>
    public IReadOnlyList<Diagnostic> CompileErrors => [.. Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];

    public static GeneratorRun Of(params string[] sources)
    {
        var compilation = Compile(sources);
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        return new GeneratorRun(compilation, output, driver.GetRunResult(), diagnostics);
    }

    /// <summary>Runs the generator in a project that references the package for devices.</summary>
    public static GeneratorRun OnDevice(params string[] sources)
    {
        var compilation = Compile(sources).WithReferences(DeviceReferences);
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        return new GeneratorRun(compilation, output, driver.GetRunResult(), diagnostics);
    }

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new LayerGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create(
        "Snippet",
        sources.Select((source, k) => Parse(source, k)),
        TorchReferences,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, specificDiagnosticOptions: SdkDefaults));

    public static SyntaxTree Parse(string source, int number = 0) => CSharpSyntaxTree.ParseText(Usings + source, ParseOptions, $"Snippet{number}.cs");

    /// <summary>The text of a generated file.</summary>
    public string File(string name) =>
        Result.Results.Single().GeneratedSources.Single(source => source.HintName == name).SourceText.ToString();

    /// <summary>The source text under a diagnostic.</summary>
    public string TextAt(Diagnostic diagnostic)
    {
        var tree = Input.SyntaxTrees.Single(candidate => candidate.FilePath == diagnostic.Location.GetLineSpan().Path);
        return tree.GetText().ToString(diagnostic.Location.SourceSpan);
    }

    /// <summary>Compiles everything and loads it.</summary>
    public Assembly Load() => Load(Output);

    /// <summary>Compiles and loads everything but the given lines of the source text and what was generated for the types that they declare.</summary>
    public Assembly Load(IReadOnlyDictionary<int, string> without)
    {
        var tree = Input.SyntaxTrees.Single();
        var kept = tree.GetText().Lines.Select(line => line.ToString()).Where((_, number) => !without.ContainsKey(number));
        var generated = Output.SyntaxTrees.Where(file => without.Values.Contains(Path.GetFileName(file.FilePath).Split('.', '+')[0]));
        return Load(Output.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(string.Join("\n", kept), ParseOptions, tree.FilePath)).RemoveSyntaxTrees(generated));
    }

    private static Assembly Load(Compilation compilation)
    {
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        stream.Position = 0;
        return new AssemblyLoadContext("snippet", isCollectible: false).LoadFromStream(stream);
    }
}
