using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LayerDsl.Generator.Own;

/// <summary>A class of a method as it was read, and where its generated part goes.</summary>
internal sealed record OwnClass(TypeSpec Type, OwnMethod Method);

/// <summary>Reads a class with [Reparameterization]: from symbols and syntax to an <see cref="OwnMethod"/> without either.</summary>
internal sealed class OwnMethodReader
{
    private const string AttributeName = "LayerDsl.ReparameterizationAttribute";

    /// <summary>What the class may have beside <c>Map</c>.</summary>
    private static readonly string[] Overrides = ["Fold", "Inverse", "Initialize", "Gradient", "Update"];

    private readonly INamedTypeSymbol type;
    private readonly Compilation compilation;
    private readonly CancellationToken cancellation;
    private readonly OwnDraft faults = new();

    private OwnMethodReader(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        this.type = type;
        this.compilation = compilation;
        this.cancellation = cancellation;
    }

    /// <summary>Reads the class, with diagnostics at the tokens that they are about.</summary>
    public static Declared<OwnClass> ReadClass(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!TypeReader.IsFirst(context))
        {
            return new Declared<OwnClass>(null, [], []);
        }

        var location = AttributeReader.LocationOf(context.Attributes[0]);
        var (method, diagnostics) = Read(type, context.SemanticModel.Compilation, location, cancellation);
        return new Declared<OwnClass>(method is null ? null : new OwnClass(TypeReader.Read(type, cancellation), method), diagnostics, []);
    }

    /// <summary>Whether a class is a reparameterization.</summary>
    public static bool IsMethod(INamedTypeSymbol type) => type.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == AttributeName);

    /// <summary>The method that a class of this compilation is, and what is wrong with it.</summary>
    public static (OwnMethod? Method, EquatableArray<DiagnosticInfo> Diagnostics) Read(INamedTypeSymbol type, Compilation compilation, LocationInfo? location, CancellationToken cancellation)
    {
        var reader = new OwnMethodReader(type, compilation, cancellation);
        var method = TypeReader.RefuseStatic(type, location, cancellation) is { } refusal ? reader.Refuse(refusal) : reader.Read(location);
        return (reader.faults.Diagnostics.Any(diagnostic => diagnostic.IsError) ? null : method, reader.faults.Diagnostics.ToEquatableArray());
    }

    private OwnMethod? Refuse(DiagnosticInfo diagnostic)
    {
        faults.Report(diagnostic);
        return null;
    }

    private OwnMethod? Read(LocationInfo? location)
    {
        var maps = MethodsNamed("Map");
        if (maps.Length != 1 || !KnownCalls.IsWeight(maps[0].ReturnType) || maps[0].IsGenericMethod || !maps[0].IsStatic)
        {
            var what = maps.Length == 0 ? "has no method Map" : maps.Length > 1 ? "has several methods Map" : "has a Map that returns no Weight";
            return Refuse(DiagnosticInfo.Create(OwnDiagnostics.NotAMethod, location, type.Name, what, "write one public static Weight Map(Weight …) that makes the weight from the stored parameters"));
        }

        if (ParameterReader.Read(maps[0], faults) is not { } parameters)
        {
            return null;
        }

        var attribute = type.GetAttributes().First(candidate => candidate.AttributeClass?.ToDisplayString() == AttributeName);
        if (ReadBody(maps[0], parameters, given: false) is not { } map)
        {
            return null;
        }

        var method = new OwnMethod(type.Name, FormulaOf(maps[0]), TextOf(attribute, "Paper"), FlagOf(attribute, "Square"), parameters, map.Body);
        return CheckForm(method, map.Body, false, map.Draft) && CheckStarts(method, maps[0]) ? ReadOverrides(method) : null;
    }

    private OwnMethod? ReadOverrides(OwnMethod method)
    {
        foreach (var name in Overrides)
        {
            if (MethodsNamed(name).FirstOrDefault() is not { } symbol)
            {
                continue;
            }

            var given = name is "Inverse" or "Initialize" or "Gradient";
            if (ReadBody(symbol, method.Parameters, given) is not { } read || !CheckForm(method, read.Body, name != "Fold", read.Draft))
            {
                return null;
            }

            method = name switch
            {
                "Fold" => method with { Fold = read.Body },
                "Inverse" => method with { Inverse = read.Body },
                "Gradient" => method with { Gradient = read.Body },
                "Update" => method with { Update = read.Body },
                _ => method with { Initialize = read.Body },
            };
        }

        return method;
    }

    /// <summary>A body whose parameters are those of <c>Map</c> by name, but for the first one, where that is given a weight.</summary>
    private (OwnBody Body, OwnDraft Draft)? ReadBody(IMethodSymbol symbol, EquatableArray<OwnParameter> parameters, bool given)
    {
        var draft = new OwnDraft();
        var arguments = new List<int>();
        var syntax = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        if (syntax is null || !symbol.IsStatic)
        {
            return null;
        }

        foreach (var parameter in symbol.Parameters)
        {
            if (given && arguments.Count == 0)
            {
                arguments.Add(draft.Add(syntax, OwnSteps.Given, []));
            }
            else if (parameters.FirstOrDefault(own => own.Name == parameter.Name) is { } own && KnownCalls.IsWeight(parameter.Type) == own.IsStored)
            {
                arguments.Add(draft.Add(syntax, OwnSteps.Parameter, [], text: own.Name));
            }
            else
            {
                faults.Report(DiagnosticInfo.Create(
                    OwnDiagnostics.WrongParameter, LocationInfo.From(parameter.Locations.FirstOrDefault()), parameter.Name, symbol.Name, "is no parameter of Map; take those of Map that it needs, by their names and types"));
                return null;
            }
        }

        var results = new BodyReader(draft, type, compilation, cancellation).Read(symbol, arguments);
        foreach (var diagnostic in draft.Diagnostics)
        {
            faults.Report(diagnostic);
        }

        return results is null || draft.Diagnostics.Count > 0 || (symbol.Name is "Map" or "Fold" ? [] : NamesOf(symbol, results.Count, parameters)) is not { } names
            ? null
            : (new OwnBody(draft.Steps.ToEquatableArray(), results.ToEquatableArray(), names), draft);
    }

    /// <summary>The parameters that the results are values of: the names in the tuple, else those that are no buffers, in order; of a single value the first.</summary>
    private EquatableArray<string>? NamesOf(IMethodSymbol symbol, int count, EquatableArray<OwnParameter> parameters)
    {
        var isWanted = symbol.Name switch
        {
            "Gradient" => (Func<OwnParameter, bool>)(parameter => parameter.Storage == TensorRole.Trainable),
            "Update" => parameter => parameter.Storage == TensorRole.Buffer,
            _ => parameter => parameter.Storage != TensorRole.Buffer,
        };
        var stored = parameters.Where(parameter => parameter.IsStored && isWanted(parameter)).Select(parameter => parameter.Name).ToArray();
        var elements = symbol.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.ToArray() : [];
        var names = elements.Length > 0 && elements.All(element => element.IsExplicitlyNamedTupleElement) ? elements.Select(element => element.Name).ToArray() : stored.Take(count).ToArray();
        if (names.Length == count && (count == 1 || elements.Length == count) && names.All(stored.Contains) && names.Distinct().Count() == count
            && (symbol.Name == "Update" || names[0] == stored[0]) && (symbol.Name != "Gradient" || count == stored.Length))
        {
            return names.ToEquatableArray();
        }

        var all = stored.Length == 0 ? "no parameter" : string.Join(", ", stored);
        return Refuse($"gives {(names.Length == count ? string.Join(", ", names) : count + " values")} for {all}");

        EquatableArray<string>? Refuse(string what)
        {
            faults.Report(DiagnosticInfo.Create(
                OwnDiagnostics.NotAMethod, LocationInfo.From(symbol.Locations.FirstOrDefault()), type.Name + "." + symbol.Name, what, symbol.Name switch { "Gradient" => "return the gradient of each parameter that is trained, in order", "Update" => "return buffers of Map, or a tuple that names them: (Weight u, Weight v)", _ => "return the first parameter, or a tuple that names parameters of Map, the first one first: (Weight v, Weight g)" }));
            return null;
        }
    }

    /// <summary>Tries a body on a weight of any size, so that what fits no weight is told where it stands.</summary>
    private bool CheckForm(OwnMethod method, OwnBody body, bool givesParameters, OwnDraft draft)
    {
        try
        {
            var form = OwnForm.OfAnySize(method);
            _ = givesParameters ? form.ParametersOf(body, form.Target)[0].Value : form.Weight(body);
            return true;
        }
        catch (StepException exception)
        {
            var place = exception.Step < draft.Places.Count ? draft.Places[exception.Step] : draft.Places[body.Results[0]];
            faults.Report(DiagnosticInfo.Create(OwnDiagnostics.DoesNotFit, place, TextAt(place), exception.Message));
            return false;
        }
    }

    private bool CheckStarts(OwnMethod method, IMethodSymbol map)
    {
        if (MethodsNamed("Inverse").Length > 0 || MethodsNamed("Initialize").Length > 0)
        {
            return true;
        }

        for (var k = 1; k < method.Parameters.Count; k++)
        {
            var own = method.Parameters[k];
            if (own.IsStored && !own.StartsAlone)
            {
                faults.Report(DiagnosticInfo.Create(
                    OwnDiagnostics.WrongParameter, LocationInfo.From(map.Parameters[k].Locations.FirstOrDefault()), own.Name, "Map", "has no value to start with; write [Start(1)], or a method Inverse or Initialize that takes a weight and returns the parameters"));
                return false;
            }
        }

        return true;
    }

    private IMethodSymbol[] MethodsNamed(string name) => type.GetMembers(name).OfType<IMethodSymbol>().ToArray();

    private string TextAt(LocationInfo? place) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree).FirstOrDefault(tree => tree.FilePath == place?.FilePath && place.Span.End <= tree.Length) is { } tree
            ? tree.GetText(cancellation).ToString(place!.Span)
            : type.Name;

    private string FormulaOf(IMethodSymbol map)
    {
        var syntax = (MethodDeclarationSyntax)map.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        return syntax.ExpressionBody is { } body ? OwnDraft.TextOf(body.Expression) : "Map(" + string.Join(", ", map.Parameters.Select(parameter => parameter.Name)) + ")";
    }

    private static string TextOf(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : string.Empty;

    private static bool FlagOf(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value is { Kind: TypedConstantKind.Primitive, Value: true };
}
