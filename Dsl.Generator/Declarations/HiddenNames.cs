using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Declarations;

/// <summary>A name of a user's that stands nearer to generated code than the using directives.</summary>
/// <param name="Name">The simple name.</param>
/// <param name="Arity">How many type parameters it has: for the compiler, these are part of a type's name.</param>
/// <param name="Kind">Where the compiler would mean it.</param>
/// <param name="Hiding">What has the name, in full.</param>
internal sealed record HiddenName(string Name, int Arity, HiddenKind Kind, string Hiding);

/// <summary>What kind of thing has a name.</summary>
internal enum HiddenKind
{
    /// <summary>A type or namespace: it is meant wherever the name is looked up.</summary>
    Type,

    /// <summary>A field, property, method or event, which no place for a type means.</summary>
    Value,

    /// <summary>A member of the class itself under any name: it must not be declared a second time.</summary>
    Declared,
}

/// <summary>
/// Finds the names of <see cref="LibraryNames"/> that mean something else beside a class: types and members of the class itself, of the classes around it, of their base classes,
/// and types of its namespaces. Whether generated code uses such a name is only known once there is code.
/// </summary>
internal static class HiddenNames
{
    /// <summary>Those around the class; most have none.</summary>
    /// <param name="type">The class that is added to.</param>
    /// <param name="compilation">Knows the types of other assemblies in the same namespaces.</param>
    /// <param name="inherits">The library's class that the generated part derives the user's from, whose members it calls; null where the user wrote the base class.</param>
    public static EquatableArray<HiddenName> Of(INamedTypeSymbol type, Compilation compilation, INamedTypeSymbol? inherits)
    {
        var found = new List<HiddenName>();
        for (var scope = type; scope is not null; scope = scope.ContainingType)
        {
            for (var declares = scope; declares is not null && !IsLibrary(declares); declares = declares.BaseType)
            {
                found.AddRange(declares.GetMembers().Where(member => LibraryNames.Contains(member.Name) && Reaches(member, type, compilation)).Select(Hidden));
            }
        }

        if (inherits is not null)
        {
            var members = type.GetMembers().Where(member => member is { IsImplicitlyDeclared: false, IsOverride: false, CanBeReferencedByName: true }).ToArray();
            found.AddRange(members.Where(member => Inherits(inherits, member.Name)).Select(Hidden));
            found.AddRange(members.Select(member => Hidden(member) with { Kind = HiddenKind.Declared }));
        }

        var declared = DeclaredBy(compilation.Assembly);
        for (var scope = type.ContainingNamespace; scope is not null; scope = scope.ContainingNamespace)
        {
            AddMembers(found, scope, declared, type, compilation);
            foreach (var shared in InOtherAssemblies(scope, compilation))
            {
                AddMembers(found, shared, LibraryNames.All, type, compilation);
            }
        }

        return found.ToEquatableArray();
    }

    /// <summary>Those of the names that an assembly has at all: this is asked for every layer at every edit, and the answer is none as a rule.</summary>
    private static List<string> DeclaredBy(IAssemblySymbol assembly)
    {
        var (types, namespaces) = (assembly.TypeNames, assembly.NamespaceNames);
        var declared = new List<string>();
        foreach (var name in LibraryNames.All)
        {
            if (types.Contains(name) || namespaces.Contains(name))
            {
                declared.Add(name);
            }
        }

        return declared;
    }

    /// <summary>The namespace in the assemblies that are referred to. All of them share the global one: there, only this assembly is asked.</summary>
    private static List<INamespaceSymbol> InOtherAssemblies(INamespaceSymbol scope, Compilation compilation)
    {
        var found = new List<INamespaceSymbol>();
        if (scope.IsGlobalNamespace)
        {
            return found;
        }

        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (!IsLibrary(assembly) && assembly.NamespaceNames.Contains(scope.Name) && Same(scope, assembly) is { } shared)
            {
                found.Add(shared);
            }
        }

        return found;
    }

    private static INamespaceSymbol? Same(INamespaceSymbol scope, IAssemblySymbol assembly) => scope.IsGlobalNamespace
        ? assembly.GlobalNamespace
        : Same(scope.ContainingNamespace, assembly)?.GetNamespaceMembers().FirstOrDefault(space => space.Name == scope.Name);

    private static void AddMembers(List<HiddenName> found, INamespaceSymbol scope, IReadOnlyList<string> names, INamedTypeSymbol type, Compilation compilation)
    {
        foreach (var name in names)
        {
            foreach (var member in scope.GetMembers(name))
            {
                if (!IsLibrary(member) && Reaches(member, type, compilation))
                {
                    found.Add(Hidden(member));
                }
            }
        }
    }

    private static HiddenName Hidden(ISymbol member) => new(member.Name, (member as INamedTypeSymbol)?.Arity ?? 0, member is INamespaceOrTypeSymbol ? HiddenKind.Type : HiddenKind.Value, member.ToDisplayString());

    private static bool Reaches(ISymbol member, INamedTypeSymbol type, Compilation compilation) => member is INamespaceSymbol || compilation.IsSymbolAccessibleWithin(member, type);

    /// <summary>Whether generated code may mean it: the libraries that it is written for, and the framework for classes in its namespaces.</summary>
    private static bool IsLibrary(ISymbol symbol) =>
        (symbol as IAssemblySymbol ?? symbol.ContainingAssembly)?.Name is { } assembly && (assembly is "TorchSharp" or "ILGPU" or "LayerDsl.Attributes" or "LayerDsl.Core" or "LayerDsl.Torch" or "LayerDsl.Ilgpu" || assembly.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>Whether a class or one that it derives from has such a member that a derived one would hide.</summary>
    public static bool Inherits(INamedTypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(name).Any(member => member.DeclaredAccessibility != Accessibility.Private))
            {
                return true;
            }
        }

        return false;
    }
}
