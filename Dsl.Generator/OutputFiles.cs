using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LayerDsl.Generator;

/// <summary>
/// Adds the files to the compilation. A file that would mean a user's type by mistake takes the class's other files with it: they use one another, and the compiler would
/// explain less than the diagnostic does.
/// </summary>
internal sealed class OutputFiles(IncrementalGeneratorInitializationContext context)
{
    private readonly List<IncrementalValuesProvider<GeneratedFile>> all = [];
    private readonly List<IncrementalValueProvider<EquatableArray<PlaceInfo>>> declared = [];

    public void Add(IncrementalValuesProvider<GeneratedFile> files) => all.Add(files);

    /// <summary>Where the classes stand that files belong to.</summary>
    public void Declare(IncrementalValueProvider<EquatableArray<PlaceInfo>> places) => declared.Add(places);

    /// <param name="numbered">The file names that need a number.</param>
    public void Register(IncrementalValueProvider<EquatableArray<string>> numbered)
    {
        var clashes = all.Select(files => files.Where(file => file.Clash is not null).Select((file, _) => file.Clash!).Collect())
            .Aggregate((left, right) => left.Combine(right).Select((pair, _) => pair.Left.AddRange(pair.Right)))
            .Select((found, _) => FirstOfEach(found));
        var withheld = clashes.Select((found, _) => found.Select(clash => clash.Owner).ToEquatableArray());
        foreach (var files in all)
        {
            context.RegisterSourceOutput(files.Combine(numbered.Combine(withheld)), (output, pair) => AddFile(output, pair.Left, pair.Right.Left, pair.Right.Right));
        }

        foreach (var places in declared)
        {
            context.Report(clashes.Combine(places).SelectMany((pair, _) => pair.Left.Select(clash => Describe(clash).Locate(pair.Right)).Where(diagnostic => diagnostic.Location is not null)));
        }
    }

    /// <summary>One diagnostic tells enough of a class: its files tend to use the same names.</summary>
    private static EquatableArray<NameClash> FirstOfEach(ImmutableArray<NameClash> found) =>
        found.GroupBy(clash => clash.Owner).Select(group => group.OrderBy(clash => clash.Hidden.Name, StringComparer.Ordinal).First()).ToEquatableArray();

    private static DiagnosticInfo Describe(NameClash clash) =>
        DiagnosticInfo.At(TypeSpec.PlaceOf(clash.Owner), DeclarationDiagnostics.HiddenName, clash.Owner.Split('.', '+').Last(), clash.Hidden.Name, clash.Hidden.Hiding);

    private static void AddFile(SourceProductionContext output, GeneratedFile file, EquatableArray<string> numbered, EquatableArray<string> withheld)
    {
        if (file.Text is { } text && !withheld.Contains(file.Owner))
        {
            var number = numbered.AsImmutableArray().IndexOf(file.Name);
            var suffix = number < 0 ? string.Empty : "(" + (number + 2).ToString(CultureInfo.InvariantCulture) + ")";
            output.AddSource(file.Name + suffix + ".g.cs", SourceText.From(text, Encoding.UTF8));
        }
    }
}
