using System.Text.RegularExpressions;
using LayerDsl.Generator;
using LayerDsl.Generator.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Tests.Generator;

/// <summary>
/// Generated code names types of the libraries plainly. Here these names are read off generated code of every kind, and each is given to a type or member of the user's next to
/// the layer or model that uses it: then all compiles, or the generator says what hides what.
/// </summary>
public sealed partial class NameClashTests
{
    /// <summary>Below this, a source's generated code is small enough to be made anew for each of its names.</summary>
    private const int FewCharacters = 26_000;

    private static readonly Lazy<NameCases> Generated = new(() =>
    {
        var all = NameCases.Of([.. NameSources.All.Select(source => (source, source))], onDevice: true);
        Assert.Empty(all.Run.Diagnostics.Select(found => found.ToString()));
        return all;
    });

    /// <summary>Every name that generated code looks up and finds in a library, and the files that have it.</summary>
    private static readonly Lazy<IReadOnlyList<LibraryUse>> Uses = new(() =>
        [.. Generated.Value.Run.Result.GeneratedTrees
            .Where(tree => NameCases.NumberOf(tree.FilePath) >= 0)
            .SelectMany(tree => UsesOf(Generated.Value.Run.Output, tree))
            .GroupBy(use => (use.Name, use.Arity, use.IsInherited))
            .Select(group => new LibraryUse(group.Key.Name, group.Key.Arity, group.Key.IsInherited, [.. group.Select(use => use.File).Distinct()]))
            .OrderBy(use => use.Name, StringComparer.Ordinal)]);

    [Fact]
    public void The_table_has_the_names_that_generated_code_uses_and_no_others()
    {
        var used = Uses.Value.Where(use => !use.IsInherited).Select(use => use.Name).Distinct().ToArray();
        Assert.Equal(
            used.Concat(LibraryNames.All.Where(name => name.EndsWith("Attribute", StringComparison.Ordinal))).Order(StringComparer.Ordinal),
            LibraryNames.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_use_of_a_name_is_found_in_the_text() => Assert.All(Uses.Value.Where(use => !use.IsInherited), use => Assert.All(use.Files.OrderBy(file => file.Length).Take(3), file =>
    {
        var type = new TypeSpec("Demo", "Subject", "public", []) { Hidden = [new HiddenName(use.Name, use.Arity, HiddenKind.Type, use.Name)] };
        Assert.Equal(use.Name, NameUse.Clash(type, file.ToString())?.Hidden.Name);
    }));

    [Fact]
    public void Types_in_the_namespace() => Compile(use => Declare(use.Name, use.Arity) + use.Source);

    [Fact]
    public void Types_in_the_class() => Compile(use => use.Source + InEachClass(use.Source, Declare(use.Name, use.Arity)));

    [Fact]
    public void Members_of_the_class() => Compile(use => use.Source + InEachClass(use.Source, $"public static int {use.Name} => 0;"), withInherited: true);

    [Fact]
    public void Names_that_a_layer_does_not_use_are_free()
    {
        const string Layer = "[Linear(4, 3)] public sealed partial class Subject;";
        var used = NameCases.Of([("plain", Layer)]).Run is var plain ? plain.Result.GeneratedTrees.SelectMany(tree => UsesOf(plain.Output, tree)).Select(use => use.Name).ToHashSet() : [];
        var others = LibraryNames.All.Where(name => !used.Contains(name) && !used.Contains(name.Replace("Attribute", string.Empty, StringComparison.Ordinal))).ToArray();

        Assert.Contains("Epilogue", others);
        Assert.Contains("VectorMath", others);
        Assert.Contains("EquatableList", others);
        var cases = NameCases.Of([("free", string.Concat(others.Select(name => Declare(name, 0))) + Layer)]);
        Assert.Empty(cases.Run.Diagnostics);
        Assert.Empty(cases.Run.CompileErrors);
    }

    [Fact]
    public void A_clash_gives_one_diagnostic_and_no_half_of_a_model()
    {
        var run = GeneratorRun.Of("""
            namespace Demo
            {
                public readonly struct RowSum<T>;
                [LayerModel] public sealed partial class Net : nn.Module<Tensor, Tensor>
                {
                    [Linear(4, 3), Compander] public partial Layer A { get; }
                    [Linear(3, 3), Compander] public partial Layer B { get; }
                    public override Tensor forward(Tensor x) => B.forward(A.forward(x));
                }
            }
            """);

        var diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal("LDSL020", diagnostic.Id);
        Assert.Equal("LayerModel", run.TextAt(diagnostic));
        Assert.Contains("'Demo.RowSum<T>' hides the type 'RowSum'", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.DoesNotContain(run.Result.GeneratedTrees, tree => tree.FilePath.Contains("Net", StringComparison.Ordinal));
    }

    private static void Compile(Func<(string Name, int Arity, string Source), string> source, bool withInherited = false)
    {
        var lengths = Generated.Value.Run.Result.GeneratedTrees.GroupBy(tree => NameCases.NumberOf(tree.FilePath)).ToDictionary(files => files.Key, files => files.Sum(file => file.Length));
        var cases = NameCases.Of([.. Uses.Value.Where(use => withInherited || !use.IsInherited)
            .Select(use => (Use: use, Case: use.Files.Select(file => NameCases.NumberOf(file.FilePath)).MinBy(number => lengths[number])))
            .Where(pair => lengths[pair.Case] < FewCharacters)
            .Select(pair => (pair.Use.Name, source((pair.Use.Name, pair.Use.Arity, NameSources.All[pair.Case]))))]);
        cases.CompileOrAreRefused();
        Assert.NotEmpty(cases.Reported);
    }

    private static string Declare(string name, int arity) => $"public class {name}{(arity == 0 ? string.Empty : "<" + string.Join(", ", Enumerable.Range(0, arity).Select(k => "T" + (char)('A' + k))) + ">")};\n";

    private static string InEachClass(string source, string member) =>
        string.Concat(SealedClass().Matches(source).Select(match => $"\npartial class {match.Groups[1].Value} {{ {member} }}"));

    /// <summary>The names in a generated file that nothing says the place of, and that a library declares.</summary>
    private static IEnumerable<(string Name, int Arity, bool IsInherited, SyntaxTree File)> UsesOf(Compilation compilation, SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        foreach (var name in tree.GetRoot().DescendantNodes(node => node is not UsingDirectiveSyntax).OfType<SimpleNameSyntax>().Where(IsLookedUp))
        {
            if (name.IsVar)
            {
                yield return ("var", 0, false, tree);
            }
            else if (Declared(model.GetSymbolInfo(name).Symbol) is { } symbol && !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly))
            {
                yield return (name.Identifier.Text, symbol is INamedTypeSymbol ? name.Arity : 0, IsInherited(symbol), tree);
            }
        }
    }

    /// <summary>A type or member; of an attribute the class.</summary>
    private static ISymbol? Declared(ISymbol? symbol) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => symbol.ContainingType,
        INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol => symbol,
        _ => null,
    };

    /// <summary>Members of base classes are nearer than anything around the class; those of torch come by a using directive.</summary>
    private static bool IsInherited(ISymbol symbol) => symbol.ContainingType is { } declares && declares.ToDisplayString() != "TorchSharp.torch";

    private static bool IsLookedUp(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Name != name,
        QualifiedNameSyntax qualified => qualified.Right != name,
        AliasQualifiedNameSyntax or MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment => assignment.Left != name,
        _ => true,
    };

    private sealed record LibraryUse(string Name, int Arity, bool IsInherited, IReadOnlyList<SyntaxTree> Files);

    [GeneratedRegex(@"sealed partial class (\w+)")]
    private static partial Regex SealedClass();
}
