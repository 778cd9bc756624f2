using LayerDsl.Generator.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator;

/// <summary>A generated file means a library's name, and the user has it nearer.</summary>
/// <param name="Owner">The <see cref="TypeSpec.FileName"/> of the class that the file belongs to.</param>
/// <param name="Hidden">The name.</param>
internal sealed record NameClash(string Owner, HiddenName Hidden);

/// <summary>Looks in generated text for names that would mean something of the user's.</summary>
internal static class NameUse
{
    /// <summary>The first clash of the text, or null. The text is only read where the user has any such name, which is seldom.</summary>
    public static NameClash? Clash(TypeSpec type, string? text)
    {
        if (type.Hidden.Count == 0 || text is null)
        {
            return null;
        }

        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        var names = root.DescendantNodes().OfType<SimpleNameSyntax>().Where(IsLookedUp).ToLookup(name => name.Identifier.ValueText);
        var declared = new HashSet<string>(root.DescendantNodes().OfType<ClassDeclarationSyntax>().Where(part => part.Identifier.ValueText == type.Name.TrimStart('@')).SelectMany(part => part.Members).SelectMany(NamesOf));
        return type.Hidden.FirstOrDefault(hidden => hidden.Kind == HiddenKind.Declared
            ? declared.Contains(hidden.Name)
            : Spellings(hidden.Name).Any(spelling => names[spelling].Any(name => Hides(hidden, name)))) is { } found
            ? new NameClash(type.FileName, found)
            : null;
    }

    private static IEnumerable<string> NamesOf(MemberDeclarationSyntax member) => member switch
    {
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        BaseTypeDeclarationSyntax nested => [nested.Identifier.ValueText],
        _ => [],
    };

    /// <summary>An attribute is written without its ending.</summary>
    private static IEnumerable<string> Spellings(string name) =>
        name.EndsWith("Attribute", StringComparison.Ordinal) ? [name, name.Substring(0, name.Length - "Attribute".Length)] : [name];

    /// <summary>Whether the name is looked up from the innermost scope outwards: nothing before it says whose member it is.</summary>
    private static bool IsLookedUp(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Name != name,
        QualifiedNameSyntax qualified => qualified.Right != name,
        AliasQualifiedNameSyntax or MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
        AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment => assignment.Left != name,
        _ => true,
    };

    private static bool Hides(HiddenName hidden, SimpleNameSyntax name) =>
        hidden.Kind == HiddenKind.Value ? !SyntaxFacts.IsInTypeOnlyContext(name) : hidden.Arity == name.Arity;
}
