using System.Globalization;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Own;

/// <summary>Reads the parameters of <c>Map</c> and their attributes.</summary>
internal sealed class ParameterReader
{
    private static readonly string[] RoleNames = ["PerRow", "PerColumn", "PerGroup", "Scalar", "Shape", "Size"];

    private readonly OwnDraft draft;
    private readonly IMethodSymbol map;

    private ParameterReader(OwnDraft draft, IMethodSymbol map) => (this.draft, this.map) = (draft, map);

    /// <summary>The parameters, or null with a diagnostic at the one that is wrong.</summary>
    public static EquatableArray<OwnParameter>? Read(IMethodSymbol map, OwnDraft draft)
    {
        var reader = new ParameterReader(draft, map);
        var parameters = map.Parameters.Select(reader.Read).ToArray();
        return parameters.Contains(null) || !reader.Check(parameters!) ? null : parameters.Select(parameter => parameter!).ToEquatableArray();
    }

    private OwnParameter? Read(IParameterSymbol parameter)
    {
        var attributes = parameter.GetAttributes().Where(attribute => attribute.AttributeClass is { } type && KnownCalls.IsLayerDsl(type))
            .GroupBy(attribute => attribute.AttributeClass!.Name.Replace("Attribute", string.Empty)).ToDictionary(group => group.Key, group => group.First());
        var roles = attributes.Keys.Where(RoleNames.Contains).ToArray();
        if (parameter.RefKind != RefKind.None || parameter.IsParams)
        {
            return Refuse(parameter, "is ref, in, out or params; pass it by value");
        }

        if (roles.Length > 1)
        {
            return Refuse(parameter, $"is [{roles[0]}] and [{roles[1]}]; write one of them");
        }

        return KnownCalls.IsWeight(parameter.Type) ? ReadWeight(parameter, roles.FirstOrDefault(), attributes) : ReadNumber(parameter, roles.FirstOrDefault(), attributes);
    }

    private OwnParameter? ReadWeight(IParameterSymbol parameter, string? role, Dictionary<string, AttributeData> attributes)
    {
        var isBuffer = attributes.ContainsKey("Buffer");
        if (role == "Size" || (isBuffer && attributes.ContainsKey("Frozen")))
        {
            return Refuse(parameter, role == "Size" ? "is a Weight; [Size] is for an int" : "is [Buffer] and [Frozen]; write one of them");
        }

        var storage = isBuffer ? TensorRole.Buffer : attributes.ContainsKey("Frozen") ? TensorRole.Frozen : TensorRole.Trainable;
        var (rows, columns) = role is "Shape" ? (TextOf(attributes[role], 0), TextOf(attributes[role], 1)) : role is "PerGroup" ? (TextOf(attributes[role], 0), string.Empty) : (string.Empty, string.Empty);
        var start = attributes.TryGetValue("Start", out var declared) && declared.ConstructorArguments.Length == 1 ? declared.ConstructorArguments[0].Value as double? : null;
        if (start is { } value && (double.IsNaN(value) || double.IsInfinity(value)))
        {
            return Refuse(parameter, "starts with a number that is not finite");
        }

        var hasPositions = attributes.ContainsKey("Positions");
        if (hasPositions && (!isBuffer || role is not ("Shape" or "PerRow" or "PerColumn") || columns.Length > 0))
        {
            return Refuse(parameter, "has [Positions], which is for a [Buffer] that is a vector; write [Buffer, Positions, Shape(\"in\")]");
        }

        var indices = attributes.TryGetValue("Indices", out var table) ? TextOf(table, 0) : string.Empty;
        if (table is not null && IndicesFault(indices, isBuffer, start) is { } fault)
        {
            return Refuse(parameter, fault);
        }

        return role is "PerGroup" && !(int.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0)
            ? Refuse(parameter, $"has groups of {rows} inputs; write at least 1")
            : new OwnParameter(parameter.Name, RoleOf(role), storage, rows, columns, string.Empty) { Start = start, HasPositions = hasPositions, Indices = indices };
    }

    private static string? IndicesFault(string count, bool isBuffer, double? start) =>
        !isBuffer ? "has [Indices], which is for a [Buffer]; write [Buffer, Indices(\"k\")]"
        : count.Length == 0 ? "has [Indices], which is for a number of rows; write [Indices(\"out\")] or another size"
        : start is { } value && (value < 0 || value != Math.Floor(value)) ? "has [Indices] and starts with a number that is none; write a whole number from 0"
        : null;

    private OwnParameter? ReadNumber(IParameterSymbol parameter, string? role, Dictionary<string, AttributeData> attributes)
    {
        var type = parameter.Type.SpecialType switch { SpecialType.System_Int32 => "int", SpecialType.System_Double => "double", SpecialType.System_Boolean => "bool", _ => null };
        if (type is null)
        {
            return parameter.Type.TypeKind == TypeKind.Error ? null
                : Refuse(parameter, $"is a {parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}; a stored parameter is a Weight, a hyper-parameter an int, double or bool");
        }

        if (role == "Size")
        {
            var name = TextOf(attributes[role], 0);
            return type == "int" && name is "in" or "out" ? new OwnParameter(parameter.Name, OwnRole.Size, TensorRole.Input, name, string.Empty, type) : Refuse(parameter, "is no size; write [Size(\"in\")] int or [Size(\"out\")] int");
        }

        if (role is not null || attributes.Count > 0)
        {
            return Refuse(parameter, $"is a {type}, but [{role ?? attributes.Keys.First()}] is for a Weight");
        }

        double? otherwise = parameter.HasExplicitDefaultValue ? parameter.ExplicitDefaultValue switch { bool flag => flag ? 1 : 0, IConvertible number => number.ToDouble(CultureInfo.InvariantCulture), _ => 0 } : null;
        return new OwnParameter(parameter.Name, OwnRole.Hyper, TensorRole.Input, string.Empty, string.Empty, type) { Default = otherwise };
    }

    private bool Check(OwnParameter[] parameters)
    {
        for (var k = 0; k < parameters.Length; k++)
        {
            var own = parameters[k];
            var reason = parameters.Take(k).Any(other => other.Name.Equals(own.Name, StringComparison.OrdinalIgnoreCase)) ? "differs from another one only by case; rename it"
                : own.Name == map.Name ? "is named as the method; rename it"
                : own.Role == OwnRole.Hyper && own.Name.Equals("On", StringComparison.OrdinalIgnoreCase) ? "is named as the property On of [Reparam]; rename it"
                : own.Role == OwnRole.Shaped && SizeReader.Read(own.Rows, name => SizeOf(name, parameters), Quotient) is null ? Unknown(own.Rows)
                : own.Role == OwnRole.Shaped && own.Columns.Length > 0 && SizeReader.Read(own.Columns, name => SizeOf(name, parameters), Quotient) is null ? Unknown(own.Columns)
                : own.Role == OwnRole.Shaped && DividedTwice(parameters.Take(k + 1)) is { } side ? $"divides '{side}' by another size than a parameter before it; divide it by one"
                : own.Indices.Length > 0 && (own.Indices.Contains('/') || SizeReader.Read(own.Indices, name => SizeOf(name, parameters), Quotient) is null) ? $"has indices of '{own.Indices}' rows; write out, in, an int parameter of Map, a number, or sums and products of these"
                : own.GroupSize > 0 && parameters.Any(other => other.GroupSize > 0 && other.GroupSize != own.GroupSize) ? "has groups of another size than a parameter before it; a weight is split into groups of one size"
                : null;
            if (reason is not null)
            {
                _ = Refuse(map.Parameters[k], reason);
                return false;
            }
        }

        if (parameters.Length > 0 && parameters[0].IsStored && parameters[0].Storage != TensorRole.Buffer)
        {
            return true;
        }

        draft.Report(DiagnosticInfo.Create(OwnDiagnostics.NotAMethod, LocationInfo.From(map.Locations.FirstOrDefault()), map.ContainingType.Name, "has a Map that takes no stored weight first", "let its first parameter be a Weight that is trained or [Frozen]"));
        return false;
    }

    private static string Unknown(string size) => $"has the size '{size}'; a size is out, in, an int parameter of Map, a number, out or in divided by one of these, or sums and products of these";

    private static Size? Quotient(string side, Size divisor) => divisor.IsZero ? null : Size.Symbol(side);

    private static string? DividedTwice(IEnumerable<OwnParameter> parameters) => SizeReader.Sides.FirstOrDefault(side => SizeReader.DivisorsOf(side, parameters.Where(other => other.Role == OwnRole.Shaped).SelectMany(other => new[] { other.Rows, other.Columns })).Count > 1);

    private static Size? SizeOf(string name, OwnParameter[] parameters) =>
        name is "in" or "out" || parameters.Any(other => other is { Role: OwnRole.Hyper, Type: "int" } && other.Name == name) ? Size.Symbol(name) : null;

    private OwnParameter? Refuse(IParameterSymbol parameter, string reason)
    {
        draft.Report(DiagnosticInfo.Create(OwnDiagnostics.WrongParameter, LocationInfo.From(parameter.Locations.FirstOrDefault()), parameter.Name, map.Name, reason));
        return null;
    }

    private static string TextOf(AttributeData attribute, int k) => attribute.ConstructorArguments.Length <= k || attribute.ConstructorArguments[k].Kind == TypedConstantKind.Array
        ? string.Empty
        : Convert.ToString(attribute.ConstructorArguments[k].Value, CultureInfo.InvariantCulture) ?? string.Empty;

    private static OwnRole RoleOf(string? role) => role switch
    {
        "PerRow" => OwnRole.PerRow,
        "PerColumn" => OwnRole.PerColumn,
        "PerGroup" => OwnRole.PerGroup,
        "Scalar" => OwnRole.Scalar,
        "Shape" => OwnRole.Shaped,
        _ => OwnRole.Full,
    };
}
