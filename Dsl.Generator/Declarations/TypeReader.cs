using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>Checks that the generator can add to a class, and reads what a generated part of it has to repeat.</summary>
internal static class TypeReader
{
    /// <summary>The first reason why the class cannot be added to, or null.</summary>
    public static DiagnosticInfo? Refuse(INamedTypeSymbol type, LocationInfo? location, CancellationToken cancellation)
    {
        DiagnosticInfo Error(DiagnosticDescriptor descriptor, params string[] arguments) => DiagnosticInfo.Create(descriptor, location, arguments);

        if (!IsPartial(type, cancellation))
        {
            return Error(DeclarationDiagnostics.NotPartial, type.Name, "class");
        }

        if (type.IsAbstract || type.IsStatic)
        {
            return Error(DeclarationDiagnostics.AbstractType, type.Name, type.IsStatic ? "static" : "abstract");
        }

        if (type.IsFileLocal)
        {
            return Error(DeclarationDiagnostics.AbstractType, type.Name, "file");
        }

        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal)
            {
                return Error(DeclarationDiagnostics.AbstractType, outer.Name, "file");
            }

            if (outer.IsGenericType)
            {
                return Error(DeclarationDiagnostics.GenericType, type.Name);
            }

            if (!IsPartial(outer, cancellation))
            {
                return Error(DeclarationDiagnostics.ContainerNotPartial, type.Name, outer.Name);
            }
        }

        return null;
    }

    /// <summary>The first reason why a static class cannot be added to, or null.</summary>
    public static DiagnosticInfo? RefuseStatic(INamedTypeSymbol type, LocationInfo? location, CancellationToken cancellation)
    {
        DiagnosticInfo Error(string what, string remedy) => DiagnosticInfo.Create(OwnDiagnostics.NotAMethod, location, type.Name, what, remedy);

        if (!type.IsStatic || type.IsFileLocal || type.TypeKind != TypeKind.Class)
        {
            return Error("is no static class", "declare it 'static partial class'");
        }

        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsGenericType || outer.IsFileLocal)
            {
                return Error("is generic, or file-local, or inside of such a class", "move it out, and take numbers as parameters of Map");
            }

            if (!IsPartial(outer, cancellation))
            {
                return Error(SymbolEqualityComparer.Default.Equals(outer, type) ? "is not partial" : "lies in '" + outer.Name + "', which is not partial", "add the modifier 'partial'");
            }
        }

        return null;
    }

    /// <summary>The first of the user's members that has the name of one to be generated, or null.</summary>
    public static DiagnosticInfo? RefuseNames(INamedTypeSymbol type, IReadOnlyCollection<string> generated, LocationInfo? location) =>
        (LibraryNames.Contains(type.Name) || generated.Contains(type.Name) ? type.Name : generated.FirstOrDefault(name => type.GetMembers(name).Length > 0)) is { } taken
            ? DiagnosticInfo.Create(DeclarationDiagnostics.ReservedName, location, type.Name, taken)
            : null;

    public static TypeSpec Read(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var containers = new List<string>();
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            containers.Insert(0, ModifiersOf(outer, cancellation) + " " + KeywordOf(outer, cancellation) + " " + Identifier(outer.Name));
        }

        var path = type.ContainingType is null ? type.Name : string.Join("+", ContainersOf(type).Select(outer => outer.Name).Append(type.Name));
        var ns = type.ContainingNamespace.IsGlobalNamespace ? string.Empty : type.ContainingNamespace.ToDisplayString();
        return new TypeSpec(ns, Identifier(type.Name), ModifiersOf(type, cancellation), containers.ToEquatableArray())
        {
            FileName = ns.Length == 0 ? path : ns.Replace("@", string.Empty) + "." + path,
        };
    }

    /// <summary>
    /// Whether the attribute stands on this declaration first: one written on several partial declarations is met once for each.
    /// </summary>
    public static bool IsFirst(GeneratorAttributeSyntaxContext context)
    {
        var name = context.Attributes[0].AttributeClass?.Name;
        var first = context.TargetSymbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == name)?.ApplicationSyntaxReference;
        return first is null || (first.SyntaxTree == context.TargetNode.SyntaxTree && context.TargetNode.Span.Contains(first.Span));
    }

    /// <summary>The name as it must stand in code.</summary>
    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    private static IEnumerable<INamedTypeSymbol> ContainersOf(INamedTypeSymbol type)
    {
        var all = new Stack<INamedTypeSymbol>();
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            all.Push(outer);
        }

        return all;
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) =>
        Declarations(type, cancellation).Any(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>The modifiers of the declaration that has most of them, without the accessibility being lost: <c>public sealed partial</c>.</summary>
    private static string ModifiersOf(INamedTypeSymbol type, CancellationToken cancellation) => string.Join(
        " ",
        Declarations(type, cancellation).OrderByDescending(declaration => declaration.Modifiers.Count).First().Modifiers
            .Where(modifier => !modifier.IsKind(SyntaxKind.UnsafeKeyword) && !modifier.IsKind(SyntaxKind.NewKeyword))
            .Select(modifier => modifier.Text));

    private static string KeywordOf(INamedTypeSymbol type, CancellationToken cancellation) =>
        Declarations(type, cancellation).First() switch
        {
            RecordDeclarationSyntax record => record.ClassOrStructKeyword.IsKind(SyntaxKind.StructKeyword) ? "record struct" : "record",
            var declaration => declaration.Keyword.Text,
        };

    private static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>();
}
