using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Tests.Generator;

/// <summary>Parameters of constructors become fields and properties of generated classes: under each name that generated code has or uses, all compiles or the constructor is refused.</summary>
public sealed class SizeNameTests
{
    /// <summary>Each takes a size in place of NAME.</summary>
    private static readonly string[] Sources =
    [
        "[Linear(\"NAME\", 8), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4, Activations = true)] public sealed partial class Subject { public partial Subject(int NAME); }",
        """
        [LayerModel] public sealed partial class Subject : nn.Module<Tensor, Tensor>
        {
            public partial Subject(int NAME);
            [Linear(8, "NAME"), Quantize(Bits = 4)] public partial Layer First { get; }
            public override Tensor forward(Tensor x) { var h = nn.functional.relu(First.forward(x)); return h + nn.functional.tanh(h); }
        }
        """,
    ];

    [Fact]
    public void Names_that_generated_code_has_or_uses()
    {
        var plain = NameCases.Of([.. Sources.Select(source => (source, source.Replace("NAME", "width", StringComparison.Ordinal)))]);
        Assert.Empty(plain.Run.Diagnostics);
        Assert.Empty(plain.Run.CompileErrors);

        // The classes of a model's layers have the same members as a layer alone.
        var names = plain.Run.Result.GeneratedTrees.Where(tree => NameCases.NumberOf(tree.FilePath) >= 0 && !tree.FilePath.Contains("FirstLayer", StringComparison.Ordinal))
            .SelectMany(tree => NamesIn(plain.Run.Output, tree).Select(name => (Name: name, Source: Sources[NameCases.NumberOf(tree.FilePath)])))
            .Select(use => IsModel(use.Source) ? use : (Name: char.ToLowerInvariant(use.Name[0]) + use.Name[1..], use.Source)) // a layer's property has the capital
            .Where(use => SyntaxFacts.GetKeywordKind(use.Name) == SyntaxKind.None && SyntaxFacts.IsValidIdentifier(use.Name))
            .Distinct();
        var cases = NameCases.Of([.. names.Select(use => (use.Name, use.Source.Replace("NAME", use.Name, StringComparison.Ordinal)))]);
        cases.CompileOrAreRefused();
        Assert.NotEmpty(cases.Reported);
    }

    private static bool IsModel(string source) => source.StartsWith("[LayerModel", StringComparison.Ordinal);

    /// <summary>Members that a file declares and that its classes inherit, and names that it finds in a library.</summary>
    private static IEnumerable<string> NamesIn(Compilation compilation, SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        var root = tree.GetRoot();
        var types = root.DescendantNodes().OfType<TypeDeclarationSyntax>().Select(declared => model.GetDeclaredSymbol(declared)!).ToArray();
        var inherited = types.Select(type => type.BaseType).Where(type => type?.ContainingAssembly.Name.StartsWith("LayerDsl", StringComparison.Ordinal) == true);
        var looked = root.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => model.GetSymbolInfo(name).Symbol is INamedTypeSymbol);
        return types.Concat(inherited).SelectMany(type => type!.GetMembers().Where(member => member.CanBeReferencedByName).Select(member => member.Name))
            .Concat(looked.Select(name => name.Identifier.ValueText)).Distinct();
    }
}
