using System.Globalization;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Reparams;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Declarations;

/// <summary>The only stage that sees symbols: from an annotated class or property to specifications and diagnostics.</summary>
internal static class DeclarationReader
{
    private const string LayerType = "LayerDsl.Layer";

    /// <summary>What the generator adds to a model, and to a layer that is a class of its own.</summary>
    private static readonly string[] ModelMembers = ["Folded", "Fold", "FoldTorch", "FoldIlgpu", "OnDevice", "VerifyFold", "Certificates"];

    private static readonly string[] LayerMembers =
        ["Certificate", "GetCertificate", "forward", "Fold", "FoldTorch", "FoldLayer", "MergedWeight", "LoadWeight", "RoundingBound", "GetMaskedParameters", "Start", "Pass", "BatchPass", "Geometry", "Eps", "ScaleAndShift", "UpdateStatistics", "RoundingBoundAt", "UpdateBuffers", "Attend", "QueryLayer", "KeyLayer", "ValueLayer", "OutputLayer", "QueryKeyLayer", "Product", "ProductOf", "LoadFactors", "Format", "InputFormat", "InputPass", "MergedPass", "MergeOrBranch", "MergeFrom", "mergeFrom", "Rounded", .. Methods.StoredNames];

    /// <summary>Reads a [LayerModel].</summary>
    public static Declared<ModelSpec> ReadModel(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var location = AttributeReader.LocationOf(context.Attributes[0]);
        if (!TypeReader.IsFirst(context))
        {
            return new Declared<ModelSpec>(null, [], []);
        }

        if (TypeReader.Refuse(type, location, cancellation) is { } refusal)
        {
            return new Declared<ModelSpec>(null, [refusal], []);
        }

        if ((RefuseBase(type, location) ?? TypeReader.RefuseNames(type, ModelMembers, location)) is { } wrong)
        {
            return new Declared<ModelSpec>(null, [wrong], []);
        }

        var reader = new AttributeReader(context.SemanticModel.Compilation);
        var names = new MemberNames(type);
        var properties = type.GetMembers().OfType<IPropertySymbol>()
            .Where(property => property.GetAttributes().Any(AttributeReader.IsLayerAttribute))
            .GroupBy(property => property.Name)
            .Select(sameName => sameName.First()) // twice is the compiler's error, and a normal state while typing
            .Select(property => ReadProperty(property, type, reader, names, cancellation))
            .Where(property => property is not null)
            .Select(property => property!)
            .ToEquatableArray();
        if (properties.Count == 0 && reader.Diagnostics.Count == 0)
        {
            reader.Report(DeclarationDiagnostics.EmptyModel, location, type.Name);
        }

        reader.Report(ConstructorReader.Check(type, [.. ModelMembers, .. LayerMembers], context.SemanticModel.Compilation, properties.SelectMany(LayerProperty.FoldedMembers).ToArray()));
        var constructors = type.InstanceConstructors.Where(constructor => !constructor.IsImplicitlyDeclared).ToArray();
        CheckConstructors(type, constructors, reader, location, cancellation);
        var forward = ReadForward(type, context.SemanticModel.Compilation, properties, ReadSample(context.Attributes[0], reader, location), reader, location, cancellation);
        var hasErrors = reader.Diagnostics.Any(diagnostic => diagnostic.IsError);
        var widened = hasErrors ? new Widened(properties, forward, []) : Widening.Apply(properties, forward);
        reader.Report(widened.Diagnostics.Select(diagnostic => diagnostic.Locate(reader.Places)));
        var spec = new ModelSpec(TypeReader.Read(type, cancellation) with { Hidden = HiddenNames.Of(type, context.SemanticModel.Compilation, null) }, widened.Properties, constructors.Length == 0, widened.Forward) { Constructor = ConstructorReader.Read(type, cancellation) };
        return new Declared<ModelSpec>(spec, reader.Diagnostics.ToEquatableArray(), [.. reader.Places, new PlaceInfo(TypeSpec.PlaceOf(spec.Type.FileName), location)]);
    }

    /// <summary>Reads a layer that is a class of its own.</summary>
    public static Declared<LayerClassSpec> ReadLayerClass(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var constructor = context.TargetSymbol as IMethodSymbol;
        var type = constructor?.ContainingType ?? (INamedTypeSymbol)context.TargetSymbol;
        var location = AttributeReader.LocationOf(context.Attributes[0]);
        if (!TypeReader.IsFirst(context))
        {
            return new Declared<LayerClassSpec>(null, [], []);
        }

        if (constructor is not null && RefuseOn(constructor, type, location) is { } misplaced)
        {
            return new Declared<LayerClassSpec>(null, [misplaced], []);
        }

        if ((TypeReader.Refuse(type, location, cancellation) ?? TypeReader.RefuseNames(type, LayerMembers, location)) is { } refusal)
        {
            return new Declared<LayerClassSpec>(null, [refusal], []);
        }

        var reader = new AttributeReader(context.SemanticModel.Compilation);
        if (type.BaseType is { SpecialType: not SpecialType.System_Object } other && other.ToDisplayString() != LayerType)
        {
            reader.Report(DeclarationDiagnostics.UnsupportedBase, location, type.Name, other.ToDisplayString(), "a layer derives from LayerDsl.Layer; leave the base class out");
        }
        else if (type.IsRecord)
        {
            reader.Report(DeclarationDiagnostics.UnsupportedBase, location, type.Name, "record", "a layer derives from LayerDsl.Layer; declare a class");
        }
        else if (type.InstanceConstructors.Any(other => !other.IsImplicitlyDeclared && !ConstructorReader.IsPartial(other) && !Registration.CallsAnother(other, cancellation)))
        {
            reader.Report(DeclarationDiagnostics.ConstructorInLayer, location, type.Name);
        }

        reader.Report(ConstructorReader.Check(type, LayerMembers, context.SemanticModel.Compilation, folded: null));
        var layer = reader.ReadLayer((ISymbol?)constructor ?? type, type, type.Name, cancellation);
        if (layer?.Methods.SelectMany(Reparam.Fields).FirstOrDefault(field => field == type.Name || type.GetMembers(field).Length > 0) is { } taken)
        {
            reader.Report(DeclarationDiagnostics.ReservedName, location, type.Name, taken);
        }

        if (layer is not null && Widening.IsWide(layer))
        {
            reader.Report([Widening.Alone(layer).Locate(reader.Places)]);
        }

        var compilation = context.SemanticModel.Compilation;
        var spec = TypeReader.Read(type, cancellation) with { Hidden = HiddenNames.Of(type, compilation, compilation.GetTypeByMetadataName(LayerType)) };
        return new Declared<LayerClassSpec>(
            layer is null || reader.Diagnostics.Any(diagnostic => diagnostic.IsError) ? null : new LayerClassSpec(spec, layer),
            reader.Diagnostics.ToEquatableArray(),
            [.. reader.Places, new PlaceInfo(TypeSpec.PlaceOf(spec.FileName), location)]);
    }

    /// <summary>Why the attributes of a constructor declare no layer, or null.</summary>
    private static DiagnosticInfo? RefuseOn(IMethodSymbol constructor, INamedTypeSymbol type, LocationInfo? location) =>
        !ConstructorReader.IsPartial(constructor) ? DiagnosticInfo.Create(DeclarationDiagnostics.NotPartial, location, type.Name + "(…)", type.Name)
        : IsModel(type) ? DiagnosticInfo.Create(DeclarationDiagnostics.ConstructorRefused, location, type.Name, "the class is a model", "put the attributes on properties of it")
        : type.GetAttributes().Any(AttributeReader.IsLayerAttribute) || ConstructorReader.Partial(type).Count(other => other.GetAttributes().Any(AttributeReader.IsLayerAttribute)) > 1
            ? DiagnosticInfo.Create(DeclarationDiagnostics.SpreadMethods, location, type.Name)
            : null;

    /// <summary>What is wrong with a kind or method that stands where no layer is made of it.</summary>
    public static DiagnosticInfo? ReadOrphan(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var attribute = context.Attributes[0];
        var location = AttributeReader.LocationOf(attribute);
        if (!Equals(context.TargetSymbol.GetAttributes().First(AttributeReader.IsLayerAttribute), attribute))
        {
            return null; // one diagnostic for a declaration, at the first of its attributes
        }

        var hasKind = context.TargetSymbol.GetAttributes().Any(other => AttributeReader.IsLayerAttribute(other) && AttributeReader.IsKind(other));
        return context.TargetSymbol switch
        {
            IPropertySymbol property when !IsModel(property.ContainingType) =>
                DiagnosticInfo.Create(DeclarationDiagnostics.NotInModel, location, property.Name, property.ContainingType.Name),
            IMethodSymbol method when !hasKind =>
                DiagnosticInfo.Create(DeclarationDiagnostics.NoKind, location, method.ContainingType.Name, attribute.AttributeClass!.Name.Replace("Attribute", string.Empty)),
            INamedTypeSymbol type when !hasKind =>
                DiagnosticInfo.Create(DeclarationDiagnostics.NoKind, location, type.Name, attribute.AttributeClass!.Name.Replace("Attribute", string.Empty)),
            _ => null,
        };
    }

    private static LayerProperty? ReadProperty(
        IPropertySymbol property, INamedTypeSymbol type, AttributeReader reader, MemberNames names, CancellationToken cancellation)
    {
        var location = AttributeReader.LocationOf(property.GetAttributes().First(AttributeReader.IsLayerAttribute));
        var syntax = property.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<PropertyDeclarationSyntax>().FirstOrDefault();
        if (syntax is null || !syntax.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            reader.Report(DeclarationDiagnostics.NotPartial, location, property.Name, property.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            return null;
        }

        if (property.Type.ToDisplayString() != LayerType || property.SetMethod is not null || property.IsStatic || property.PartialImplementationPart is not null
            || property.ExplicitInterfaceImplementations.Length > 0)
        {
            reader.Report(DeclarationDiagnostics.PropertyType, location, property.Name, property.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            return null;
        }

        var layer = reader.ReadLayer(property, type, property.Name, cancellation);
        var modifiers = string.Join(" ", syntax.Modifiers.Select(modifier => modifier.Text));
        var pascal = char.ToUpperInvariant(property.Name[0]) + property.Name.Substring(1);
        var camel = char.ToLowerInvariant(property.Name[0]) + property.Name.Substring(1);
        return new LayerProperty(
            TypeReader.Identifier(property.Name), modifiers, names.Unused(camel + "Layer"), names.Unused(pascal + "Layer"), layer);
    }

    /// <summary>The body of forward; only asked for where every layer was accepted, so that one mistake gives one diagnostic.</summary>
    private static ForwardProgram? ReadForward(
        INamedTypeSymbol type, Compilation compilation, EquatableArray<LayerProperty> properties, EquatableArray<int>? sample, AttributeReader reader, LocationInfo? location, CancellationToken cancellation)
    {
        var forward = type.GetMembers("forward").OfType<IMethodSymbol>().FirstOrDefault(method => method is { IsOverride: true, Parameters.Length: 1 });
        if (forward?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not MethodDeclarationSyntax syntax)
        {
            reader.Report(ForwardDiagnostics.NoForward, location, type.Name);
            return null;
        }

        var body = (SyntaxNode?)syntax.Body ?? syntax.ExpressionBody;
        if (body is null || sample is null || properties.Count == 0 || properties.Any(property => property.Layer is null)
            || compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(body, cancellation) is not { } operation)
        {
            return null;
        }

        var result = ForwardReader.Read(
            forward, operation, properties.ToDictionary(property => property.Layer!.Name, property => LayerShape.Of(property.Layer!)), sample.Value, cancellation);
        reader.Report(result.Diagnostics);
        return result.Value;
    }

    /// <summary>The shape of a sample as declared, empty where it is not; null, with a diagnostic, where it is none.</summary>
    private static EquatableArray<int>? ReadSample(AttributeData attribute, AttributeReader reader, LocationInfo? location)
    {
        var sizes = attribute.ConstructorArguments.Where(argument => argument.Kind == TypedConstantKind.Array && !argument.IsNull)
            .SelectMany(argument => argument.Values).Select(value => value.Value as int? ?? 0).ToEquatableArray();
        foreach (var size in sizes.Where(size => size < 1))
        {
            reader.Report(DeclarationDiagnostics.SizeOutOfRange, location, "LayerModel", "a size of a sample", size.ToString(CultureInfo.InvariantCulture), "1");
        }

        var values = sizes.Aggregate(1.0, (product, size) => product * size);
        if (values > int.MaxValue)
        {
            reader.Report(DeclarationDiagnostics.SizeOutOfRange, location, "LayerModel", "the number of values of a sample", values.ToString("F0", CultureInfo.InvariantCulture), "1 and at most 2147483647");
        }

        return sizes.Any(size => size < 1) || values > int.MaxValue ? null : sizes;
    }

    private static DiagnosticInfo? RefuseBase(INamedTypeSymbol type, LocationInfo? location)
    {
        if (type.IsRecord)
        {
            return DiagnosticInfo.Create(DeclarationDiagnostics.UnsupportedBase, location, type.Name, "record", "a model derives from nn.Module<Tensor, Tensor>; declare a class");
        }

        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (IsModel(ancestor))
            {
                return DiagnosticInfo.Create(
                    DeclarationDiagnostics.UnsupportedBase, location, type.Name, ancestor.ToDisplayString(), "which is a [LayerModel] itself; hold one in a field instead of deriving from it");
            }

            if (ancestor.OriginalDefinition.ToDisplayString() == "TorchSharp.torch.nn.Module<T, TResult>"
                && ancestor.TypeArguments.All(argument => argument.ToDisplayString() == "TorchSharp.torch.Tensor"))
            {
                return RefuseConstructor(type, location);
            }
        }

        return DiagnosticInfo.Create(
            DeclarationDiagnostics.UnsupportedBase, location, type.Name, type.BaseType?.ToDisplayString() ?? "nothing", "a model derives from nn.Module<Tensor, Tensor>");
    }

    /// <summary>A generated constructor passes the model's name to the base class, as TorchSharp's modules do.</summary>
    private static DiagnosticInfo? RefuseConstructor(INamedTypeSymbol type, LocationInfo? location) =>
        type.InstanceConstructors.Any(constructor => !constructor.IsImplicitlyDeclared && !ConstructorReader.IsPartial(constructor))
        || type.BaseType!.InstanceConstructors.Any(constructor =>
            constructor.Parameters.Length > 0 && constructor.Parameters[0].Type.SpecialType == SpecialType.System_String && constructor.Parameters.Skip(1).All(parameter => parameter.IsOptional))
            ? null
            : DiagnosticInfo.Create(
                DeclarationDiagnostics.UnsupportedBase, location, type.Name, type.BaseType!.ToDisplayString(), "which has no constructor that takes a name; declare a constructor in '" + type.Name + "' that calls RegisterComponents()");

    private static void CheckConstructors(
        INamedTypeSymbol type, IMethodSymbol[] constructors, AttributeReader reader, LocationInfo? location, CancellationToken cancellation)
    {
        if (constructors.Length > 0 && !constructors.Any(constructor => ConstructorReader.IsPartial(constructor) || constructor.Parameters.All(parameter => parameter.IsOptional)))
        {
            reader.Report(DeclarationDiagnostics.NeedsParameterlessConstructor, location, type.Name);
        }

        foreach (var syntax in Registration.Missing(type, cancellation))
        {
            reader.Report(DeclarationDiagnostics.ComponentsNotRegistered, LocationInfo.From(syntax.Identifier.GetLocation()), type.Name);
        }
    }

    private static bool IsModel(INamedTypeSymbol type) => type.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == "LayerDsl.LayerModelAttribute");

    /// <summary>Finds names that the user's class does not have yet.</summary>
    private sealed class MemberNames
    {
        private readonly HashSet<string> taken;

        public MemberNames(INamedTypeSymbol type) =>
            taken = [.. type.GetMembers().Select(member => member.Name), type.Name, .. ModelMembers, .. LayerMembers, .. LibraryNames.All, .. ConstructorReader.Names(type)];

        public string Unused(string name)
        {
            while (!taken.Add(name))
            {
                name += "_";
            }

            return name;
        }
    }
}
