using System.Globalization;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Own;
using LayerDsl.Generator.Reparams;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>Reads the attributes of one layer: from symbols to an <see cref="AttributeSpec"/> each, and from these to a <see cref="LayerSpec"/>.</summary>
internal sealed class AttributeReader
{
    private readonly Compilation compilation;
    private readonly List<DiagnosticInfo> diagnostics = [];
    private readonly List<PlaceInfo> places = [];

    /// <param name="compilation">Where the bodies of users' methods are looked up.</param>
    public AttributeReader(Compilation compilation) => this.compilation = compilation;

    public IReadOnlyList<DiagnosticInfo> Diagnostics => diagnostics;

    public IReadOnlyList<PlaceInfo> Places => places;

    public void Report(DiagnosticDescriptor descriptor, LocationInfo? location, params string[] arguments) =>
        diagnostics.Add(DiagnosticInfo.Create(descriptor, location, arguments));

    public void Report(IEnumerable<DiagnosticInfo> found) => diagnostics.AddRange(found);

    /// <summary>Whether an attribute is a kind of layer or a method.</summary>
    public static bool IsLayerAttribute(AttributeData attribute) =>
        NameOf(attribute) is { } name && (LayerKinds.Contains(name) || Methods.Contains(name));

    public static bool IsKind(AttributeData attribute) => NameOf(attribute) is { } name && LayerKinds.Contains(name);

    /// <summary>The layer that the attributes of a property or class declare, or null with a diagnostic.</summary>
    public LayerSpec? ReadLayer(ISymbol symbol, INamedTypeSymbol scope, string name, CancellationToken cancellation)
    {
        var attributes = symbol.GetAttributes().Where(IsLayerAttribute).ToArray();
        cancellation.ThrowIfCancellationRequested();
        if (attributes.Any(attribute => HasErrors(attribute, scope)) || !IsOneDeclaration(symbol, attributes, cancellation))
        {
            return null;
        }

        var kinds = attributes.Where(attribute => LayerKinds.Contains(NameOf(attribute)!)).ToArray();
        var methods = attributes.Except(kinds).ToArray();
        if (kinds.Length == 0)
        {
            Report(DeclarationDiagnostics.NoKind, LocationOf(methods[0]), symbol.Name, NameOf(methods[0])!);
            return null;
        }

        if (kinds.Length > 1)
        {
            Report(DeclarationDiagnostics.DuplicateKind, LocationOf(kinds[1]), symbol.Name, NameOf(kinds[0])!, NameOf(kinds[1])!);
            return null;
        }

        // On an attention layer each projection may have its own.
        if (NameOf(kinds[0]) != AttentionLayer.Attribute && methods.GroupBy(Identity).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            Report(DeclarationDiagnostics.DuplicateMethod, LocationOf(twice.Last()), symbol.Name, twice.Key!);
            return null;
        }

        var constructor = ConstructorReader.Read(scope, cancellation);
        return Check(name, Read(kinds[0], scope, name, cancellation), methods.Select(method => Read(method, scope, name, cancellation)).ToArray(), constructor, isClass: symbol is not IPropertySymbol);
    }

    private LayerSpec? Check(string name, AttributeSpec? kind, AttributeSpec?[] methods, ConstructorSpec? constructor, bool isClass)
    {
        if (kind is null || methods.Any(method => method is null))
        {
            return null;
        }

        var all = methods.Select(method => method!).ToEquatableArray();
        var spec = new LayerSpec(name, SymbolicSizes.WithNominal(kind, all), all) { Constructor = isClass ? constructor : kind.Parameters.Any() ? constructor?.Of(kind.Parameters) : null };
        var found = LayerKinds.Find(kind.Name).Check(spec.Kind).ToList();
        if (!found.Any(diagnostic => diagnostic.IsError))
        {
            found.AddRange(SymbolicSizes.Check(spec)); // of heads and groups that are numbers from 1 on
        }

        if (found.Count == 0)
        {
            found.AddRange(AttentionParts.Check(spec));
        }

        if (!found.Any(diagnostic => diagnostic.IsError))
        {
            found.AddRange(SymbolicSizes.CheckReadable(spec));
        }

        diagnostics.AddRange(found.Select(diagnostic => diagnostic.Locate(places)));
        return found.Any(diagnostic => diagnostic.IsError) ? null : spec;
    }

    private bool IsOneDeclaration(ISymbol symbol, AttributeData[] attributes, CancellationToken cancellation)
    {
        var declarations = attributes
            .Select(attribute => attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).Parent?.Parent)
            .Distinct()
            .Count();
        if (declarations > 1)
        {
            Report(DeclarationDiagnostics.SpreadMethods, LocationOf(attributes.Last()), symbol.Name);
        }

        return declarations <= 1;
    }

    private AttributeSpec? Read(AttributeData attribute, INamedTypeSymbol scope, string layer, CancellationToken cancellation)
    {
        var name = NameOf(attribute)!;
        var place = scope.ToDisplayString() + "/" + layer + "." + name;
        while (places.Any(other => other.Key == place))
        {
            place += "'"; // The same method once more, for another projection.
        }

        places.Add(new PlaceInfo(place, LocationOf(attribute)));
        if (name == Reparam.Method.Attribute)
        {
            return ReadOwn(attribute, name, place, cancellation);
        }

        var arguments = new List<AttributeArgument>();
        for (var k = 0; k < attribute.ConstructorArguments.Length; k++)
        {
            if (ReadDimension(attribute, k, attribute.ConstructorArguments[k], scope) is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
        }

        arguments.AddRange(attribute.NamedArguments.Select(pair => ReadConstant(pair.Key, pair.Value)));
        return new AttributeSpec(name, arguments.ToEquatableArray(), place);
    }

    /// <summary>A use of the user's own method.</summary>
    private AttributeSpec? ReadOwn(AttributeData attribute, string name, string place, CancellationToken cancellation)
    {
        var use = OwnUse.Read(attribute, compilation, cancellation);
        if (use.Fault is { } fault)
        {
            Report(OwnDiagnostics.CannotApply, LocationOf(attribute), (attribute.ConstructorArguments[0].Value as ITypeSymbol)?.Name ?? "null", fault);
        }

        return use.Method is not { } method ? null : new AttributeSpec(
            name, use.Arguments.Concat(attribute.NamedArguments.Select(pair => ReadConstant(pair.Key, pair.Value))).ToEquatableArray(), place)
        { Own = method };
    }

    /// <summary>What may stand once on a layer: a method, and each of the user's own.</summary>
    private static string? Identity(AttributeData attribute) => NameOf(attribute) is { } name && name == Reparam.Method.Attribute
        ? (attribute.ConstructorArguments[0].Value as ITypeSymbol)?.Name ?? name
        : NameOf(attribute);

    /// <summary>A string where a size is expected names an integer constant of the class, or a parameter of its constructor.</summary>
    private AttributeArgument? ReadDimension(AttributeData attribute, int k, TypedConstant value, INamedTypeSymbol scope)
    {
        var name = attribute.AttributeConstructor!.Parameters[k].Name;
        if (value.Type?.SpecialType != SpecialType.System_String)
        {
            return ReadConstant(name, value);
        }

        var constant = value.Value as string ?? (value.Kind == TypedConstantKind.Error ? ParameterNamed(attribute, k, scope) : null) ?? string.Empty;
        var field = scope.GetMembers(constant).OfType<IFieldSymbol>().FirstOrDefault(member => member is { HasConstantValue: true, ConstantValue: int });
        if (field?.ConstantValue is int size)
        {
            return new AttributeArgument(name, size.ToString(CultureInfo.InvariantCulture), size);
        }

        if (ConstructorReader.Partial(scope).SelectMany(constructor => constructor.Parameters).Any(parameter => parameter.Name == constant))
        {
            return new AttributeArgument(name, constant, 1) { IsParameter = true };
        }

        Report(DeclarationDiagnostics.UnknownDimension, LocationOf(attribute), NameOf(attribute)!, constant, scope.Name);
        return null;
    }

    private static AttributeArgument ReadConstant(string name, TypedConstant constant)
    {
        if (constant.Kind == TypedConstantKind.Enum)
        {
            var member = constant.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => Equals(field.ConstantValue, constant.Value));
            return new AttributeArgument(name, member?.Name ?? Convert.ToString(constant.Value, CultureInfo.InvariantCulture), 0);
        }

        return constant.Value switch
        {
            bool flag => new AttributeArgument(name, flag ? "true" : "false", flag ? 1 : 0),
            double number => new AttributeArgument(name, number.ToString("R", CultureInfo.InvariantCulture), number),
            IConvertible number when number is not string => new AttributeArgument(
                name, number.ToString(CultureInfo.InvariantCulture), number.ToDouble(CultureInfo.InvariantCulture)),
            var other => new AttributeArgument(name, other?.ToString() ?? "null", 0),
        };
    }

    public static LocationInfo? LocationOf(AttributeData attribute) => LocationInfo.From(attribute.ApplicationSyntaxReference);

    /// <summary>
    /// The parameter that an argument <c>nameof(parameter)</c> means: on a property it names a field that is still to be generated, and is an error until then.
    /// </summary>
    private static string? ParameterNamed(AttributeData attribute, int k, INamedTypeSymbol scope) =>
        attribute.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax { ArgumentList.Arguments: { } arguments } && k < arguments.Count
        && arguments[k] is { NameEquals: null, NameColon: null, Expression: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } call }
        && call.ArgumentList.Arguments.Count == 1 && call.ArgumentList.Arguments[0].Expression is IdentifierNameSyntax name
        && ConstructorReader.Partial(scope).SelectMany(constructor => constructor.Parameters).Any(parameter => parameter.Name == name.Identifier.ValueText)
            ? name.Identifier.ValueText
            : null;

    private static bool HasErrors(AttributeData attribute, INamedTypeSymbol scope) =>
        attribute.AttributeConstructor is null
        || attribute.ConstructorArguments.Where((argument, k) => argument.Kind == TypedConstantKind.Error && ParameterNamed(attribute, k, scope) is null).Any()
        || attribute.NamedArguments.Any(argument => argument.Value.Kind == TypedConstantKind.Error);

    private static string? NameOf(AttributeData attribute) =>
        attribute.AttributeClass is { ContainingNamespace: { Name: "LayerDsl", ContainingNamespace.IsGlobalNamespace: true } } type
        && type.Name.EndsWith("Attribute", StringComparison.Ordinal)
            ? type.Name.Substring(0, type.Name.Length - "Attribute".Length)
            : null;
}
