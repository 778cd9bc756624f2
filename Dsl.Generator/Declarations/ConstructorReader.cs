using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Reparams;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>Reads the constructor that a class leaves to the generator: declared partial, with sizes as its parameters.</summary>
internal static class ConstructorReader
{
    /// <summary>Local names of generated constructors, and what generated code names plainly beside types.</summary>
    private static readonly string[] Locals = ["limit", "scope", "uniform", "nameof", "torch", "NewDisposeScope", "Name", "Signature"];

    /// <summary>The partial constructors without a body; while somebody types, parameters may lack a name, which the compiler says.</summary>
    public static IEnumerable<IMethodSymbol> Partial(INamedTypeSymbol type) =>
        type.InstanceConstructors.Where(constructor => IsPartial(constructor) && constructor.Parameters.All(parameter => parameter.Name.Length > 0));

    /// <summary>Whether the generator has to write the constructor.</summary>
    public static bool IsPartial(IMethodSymbol constructor) => constructor is { IsPartialDefinition: true, PartialImplementationPart: null };

    /// <summary>The names that its parameters give to fields and properties.</summary>
    public static IEnumerable<string> Names(INamedTypeSymbol type) => Partial(type).SelectMany(constructor => constructor.Parameters).SelectMany(parameter => new[] { parameter.Name, SizeParameter.PropertyOf(parameter.Name) });

    /// <summary>The class's constructor, or null where it leaves none to the generator.</summary>
    public static ConstructorSpec? Read(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (Partial(type).FirstOrDefault() is not { } constructor
            || constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not ConstructorDeclarationSyntax syntax)
        {
            return null;
        }

        return new ConstructorSpec(
            string.Join(" ", syntax.Modifiers.Select(modifier => modifier.Text)),
            constructor.Parameters.Select(parameter => new SizeParameter(parameter.Name, parameter.Type.SpecialType == SpecialType.System_Int64 ? "long" : "int")).ToEquatableArray());
    }

    /// <summary>What the generator cannot make a constructor of.</summary>
    /// <param name="type">The class.</param>
    /// <param name="members">The names that the generator gives members of the class.</param>
    /// <param name="compilation">Knows what generated layers inherit.</param>
    /// <param name="folded">The members of a model's folded form that are named after layers; null for a layer, which has a property for each size.</param>
    public static IEnumerable<DiagnosticInfo> Check(INamedTypeSymbol type, IReadOnlyCollection<string> members, Compilation compilation, IReadOnlyCollection<string>? folded)
    {
        var all = Partial(type).ToArray();
        if (all.Length == 0)
        {
            yield break;
        }

        var place = LocationInfo.From(all[0].Locations.FirstOrDefault());
        DiagnosticInfo Refuse(string reason, string remedy) => DiagnosticInfo.Create(DeclarationDiagnostics.ConstructorRefused, place, type.Name, reason, remedy);
        if (all.Length > 1)
        {
            yield return Refuse("there are several partial ones", "keep one, and let the others call it by 'this(...)'");
        }

        foreach (var parameter in all[0].Parameters)
        {
            if (parameter.RefKind != RefKind.None || parameter.IsParams || parameter.Type.SpecialType is not (SpecialType.System_Int32 or SpecialType.System_Int64))
            {
                yield return Refuse($"'{parameter.Name}' is no size", "declare it 'int' or 'long'; other values go into properties");
            }
            else if (Taken(type, parameter.Name, members, compilation, folded) is { } taken)
            {
                yield return Refuse($"the generated code has a '{taken}' of its own", $"rename the parameter '{parameter.Name}'");
            }
            else if (all[0].Parameters.FirstOrDefault(other => other.Ordinal < parameter.Ordinal && SizeParameter.PropertyOf(other.Name) == SizeParameter.PropertyOf(parameter.Name)) is { } twin)
            {
                yield return Refuse($"'{twin.Name}' and '{parameter.Name}' differ in the case of the first letter only", "rename one of them");
            }
        }
    }

    private static string? Taken(INamedTypeSymbol type, string name, IReadOnlyCollection<string> members, Compilation compilation, IReadOnlyCollection<string>? folded)
    {
        var property = SizeParameter.PropertyOf(name);
        var own = folded is null ? property : name;
        return Locals.Contains(name) || Methods.StoredNames.Contains(name) || LibraryNames.ContainsBesideSizes(name) ? name
            : folded is not null && (folded.Contains(name) || HiddenNames.Inherits(compilation.GetTypeByMetadataName("LayerDsl.FoldedModel"), name)) ? name
            : members.Contains(property) || LibraryNames.ContainsBesideSizes(property) || Methods.StoredNames.Contains(property) || property == type.Name ? property
            : HiddenNames.Inherits(compilation.GetTypeByMetadataName("LayerDsl.Layer"), property) ? property
            : type.GetMembers(own).Length > 0 || HiddenNames.Inherits(type.BaseType, own) ? own
            : null;
    }
}
