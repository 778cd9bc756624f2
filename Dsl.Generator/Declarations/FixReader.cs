using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Diagnostics.Fixes;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>
/// Reads an annotated class once more for what can be fixed in it. Unlike <see cref="DeclarationReader"/> it sees the class together
/// with what was generated for it, so it looks at what users write alone: attributes, modifiers and the body of <c>forward</c>.
/// </summary>
internal static class FixReader
{
    public static IReadOnlyList<SuggestedFix> Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var model = type.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == "LayerDsl.LayerModelAttribute");
        var properties = type.GetMembers().OfType<IPropertySymbol>()
            .Where(property => property.PartialDefinitionPart is null && property.GetAttributes().Any(AttributeReader.IsLayerAttribute)).ToArray();
        var isLayer = type.GetAttributes().Any(AttributeReader.IsLayerAttribute);
        if (model is null && !isLayer)
        {
            return [];
        }

        var fixes = new List<SuggestedFix>();
        var place = AttributeReader.LocationOf(model ?? type.GetAttributes().First(AttributeReader.IsLayerAttribute));
        fixes.AddRange(NotPartial(type, cancellation).Select(outer => SuggestedFix.MakePartial(place, outer)));
        fixes.AddRange(properties.Where(property => !IsPartial(property, cancellation)).Select(property => SuggestedFix.MakePartial(PlaceOf(property), property.Name)));

        var reader = new AttributeReader(compilation);
        var layers = (isLayer ? [reader.ReadLayer(type, type, type.Name, cancellation)] : properties.Select(property => reader.ReadLayer(property, type, property.Name, cancellation))).ToArray();
        fixes.AddRange(reader.Diagnostics.SelectMany(FixRules.Of));
        if (model is not null)
        {
            fixes.AddRange(OfModel(type, place, properties, layers, compilation, cancellation));
        }

        return fixes;
    }

    /// <summary>What can be fixed in the constructors and in forward.</summary>
    private static IEnumerable<SuggestedFix> OfModel(
        INamedTypeSymbol type, LocationInfo? place, IPropertySymbol[] properties, LayerSpec?[] layers, Compilation compilation, CancellationToken cancellation)
    {
        foreach (var constructor in Registration.Missing(type, cancellation))
        {
            yield return SuggestedFix.RegisterComponents(LocationInfo.From(constructor.Identifier.GetLocation()));
            yield return SuggestedFix.Suppress(LocationInfo.From(constructor.Identifier.GetLocation()), DeclarationDiagnostics.ComponentsNotRegistered.Id);
        }

        var forward = type.GetMembers("forward").OfType<IMethodSymbol>().FirstOrDefault(method => method is { IsOverride: true, Parameters.Length: 1 });
        if (forward is null)
        {
            if (properties.Length > 0)
            {
                yield return SuggestedFix.AddForward(place, properties.Select(property => property.Name));
            }

            yield break;
        }

        if (forward.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not MethodDeclarationSyntax syntax || layers.Any(layer => layer is null) || layers.Length == 0
            || ((SyntaxNode?)syntax.Body ?? syntax.ExpressionBody) is not { } body || compilation.GetSemanticModel(syntax.SyntaxTree) is not { } semantics
            || semantics.GetOperation(body, cancellation) is not { } operation)
        {
            yield break;
        }

        var shapes = layers.ToDictionary(layer => layer!.Name, layer => LayerShape.Of(layer!));
        foreach (var finding in ForwardReader.Read(forward, operation, shapes, [], cancellation).Diagnostics.Where(finding => finding.Location is not null))
        {
            var found = syntax.SyntaxTree.GetRoot(cancellation).FindNode(finding.Location!.Span, getInnermostNodeForTie: true);
            if (EquivalentCalls.Of(found, name => semantics.GetSymbolInfo(name, cancellation).Symbol is INamespaceOrTypeSymbol) is { } replacement)
            {
                yield return SuggestedFix.ReplaceCall(finding.Location, replacement);
            }

            foreach (var fix in FixRules.Of(finding))
            {
                yield return fix;
            }
        }
    }

    /// <summary>The class itself and the classes around it, as far as no declaration of theirs is partial.</summary>
    private static IEnumerable<string> NotPartial(INamedTypeSymbol type, CancellationToken cancellation)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (!outer.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>().Any(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword)))
            {
                yield return outer.Name;
            }
        }
    }

    private static bool IsPartial(IPropertySymbol property, CancellationToken cancellation) => property.DeclaringSyntaxReferences
        .Select(reference => reference.GetSyntax(cancellation)).OfType<PropertyDeclarationSyntax>().Any(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static LocationInfo? PlaceOf(IPropertySymbol property) => AttributeReader.LocationOf(property.GetAttributes().First(AttributeReader.IsLayerAttribute));
}
