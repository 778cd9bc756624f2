using System.Diagnostics;
using System.Reflection;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LayerDsl.Bench.Generator;

/// <summary>A source generator and the types that it works on.</summary>
/// <param name="Name">As the tables print it.</param>
/// <param name="Make">A new instance of the generator.</param>
/// <param name="Source">The text of a type's file, by its number and version.</param>
internal sealed record Contestant(string Name, Func<IIncrementalGenerator> Make, Func<int, int, string> Source)
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14);

    private static readonly MetadataReference[] References =
    [
        .. Net100.References.All,
        .. new[] { typeof(LinearAttribute), typeof(FoldedModel), typeof(Layer), typeof(TorchSharp.torch) }.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location)),
    ];

    /// <summary>Ours, then the peers that the SDK brings along.</summary>
    public static IReadOnlyList<Contestant> All()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var packs = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        var folder = Directory.Exists(packs) ? Directory.GetDirectories(packs).OrderBy(path => path, StringComparer.Ordinal).Select(path => Path.Combine(path, "analyzers", "dotnet", "cs")).LastOrDefault(Directory.Exists) : null;
        var ours = new Contestant("LayerDsl", () => new LayerDsl.Generator.LayerGenerator(), Samples.Layer);
        return folder is null ? [ours] :
        [
            ours,
            new("System.Text.Json", Load(Path.Combine(folder, "System.Text.Json.SourceGeneration.dll"), "System.Text.Json.SourceGeneration.JsonSourceGenerator"), Samples.Json),
            new("GeneratedRegex", Load(Path.Combine(folder, "System.Text.RegularExpressions.Generator.dll"), "System.Text.RegularExpressions.Generator.RegexGenerator"), Samples.Pattern),
        ];
    }

    /// <summary>A project of so many types, each in its first version.</summary>
    public CSharpCompilation Project(int types) => CSharpCompilation.Create(
        "Sample", Enumerable.Range(0, types).Select(number => Parse(number, version: 0)), References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public SyntaxTree Parse(int number, int version) => CSharpSyntaxTree.ParseText(Source(number, version), ParseOptions, $"File{number}.cs");

    public GeneratorDriver Driver() => CSharpGeneratorDriver.Create([Make().AsSourceGenerator()], parseOptions: ParseOptions);

    /// <summary>The time of a first run over all types, and of compiling what it generated with them.</summary>
    public (TimeSpan Generate, TimeSpan Compile) Build(int types)
    {
        var project = Project(types);
        _ = project.GetDiagnostics().Length; // what a build does without a generator
        var clock = Stopwatch.StartNew();
        _ = Driver().RunGeneratorsAndUpdateCompilation(project, out var output, out var diagnostics);
        var generate = clock.Elapsed;
        if (diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error || diagnostic.Id == "CS8785") is { } wrong)
        {
            throw new InvalidOperationException($"{Name}: {wrong}");
        }

        clock.Restart();
        var emitted = output.Emit(Stream.Null);
        return emitted.Success ? (generate, clock.Elapsed) : throw new InvalidOperationException($"{Name}: {emitted.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)}");
    }

    private static Func<IIncrementalGenerator> Load(string path, string type)
    {
        var generator = Assembly.LoadFrom(path).GetType(type, throwOnError: true)!;
        return () => (IIncrementalGenerator)Activator.CreateInstance(generator)!;
    }
}
