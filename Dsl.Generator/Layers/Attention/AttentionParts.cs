using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Reparams;

namespace LayerDsl.Generator.Layers.Attention;

/// <summary>One projection of an attention layer: which one, and the linear layer that it is.</summary>
/// <param name="Part">A member of <c>Part</c>; of merged queries and keys, <c>QueryKey</c>.</param>
internal sealed record AttentionPart(string Part, LayerSpec Layer)
{
    /// <summary>The generated class, nested in the attention layer's own.</summary>
    public string Class => Part + "Layer";

    /// <summary>The field, and the name in a state and in files.</summary>
    public string Field => char.ToLowerInvariant(Part[0]) + Part.Substring(1);

    /// <summary>What the attention layer's constructor passes to that of the projection: the sizes that are no numbers.</summary>
    public string Arguments { get; init; } = string.Empty;
}

/// <summary>Which projections an attention layer consists of, and which of its methods acts on which.</summary>
internal static class AttentionParts
{
    private const string Everything = "All";

    /// <summary>The parameter of a projection that takes the values of all keys of a token.</summary>
    private const string KeySize = "keySize";

    private static readonly string[] Names = ["Query", "Key", "Value", "Output"];

    /// <summary>Whether queries and keys share one weight.</summary>
    public static bool IsMerged(LayerSpec layer) => layer.Methods.Any(QKReparam.Is);

    /// <summary>The projections as linear layers, each with the methods that name it.</summary>
    public static IReadOnlyList<AttentionPart> Of(LayerSpec layer)
    {
        var (dim, keys) = (Argument(layer.Kind, "dim"), KeysOf(layer.Kind));
        var bias = layer.Kind.Flag("Bias", true);
        var others = new[] { Linear(layer, "Value", dim, keys, bias), Linear(layer, "Output", dim, dim, bias) };
        return IsMerged(layer)
            ? [QueryKey(layer, dim, Number(layer.Kind.Int("heads") * (layer.Kind.Int("dim") + (bias ? 1 : 0)))), .. others]
            : [Linear(layer, "Query", dim, dim, bias), Linear(layer, "Key", dim, keys, bias), .. others];
    }

    /// <summary>What the methods of any layer violate: their parts first, then their own constraints on each part.</summary>
    public static IEnumerable<DiagnosticInfo> Check(LayerSpec layer)
    {
        if (!AttentionLayer.Is(layer))
        {
            var misplaced = layer.Methods.SelectMany(method => RefuseElsewhere(layer, method)).ToArray();
            return misplaced.Length > 0 ? misplaced : Methods.Check(layer);
        }

        var found = layer.Methods.SelectMany(CheckNames).Concat(Duplicates(layer)).Concat(QKReparam.Check(layer)).ToArray();
        return found.Length > 0 ? found : PartDiagnostics.Join(Of(layer), Methods.Check);
    }

    /// <summary>The names of the parts that a method acts on.</summary>
    public static IReadOnlyList<string> On(AttributeSpec method)
    {
        // A single member is known by its name, several together by their sum.
        var text = method.Choice("On", Everything);
        return text == Everything ? Names
            : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var flags) ? Names.Where((_, bit) => (flags & (1 << bit)) != 0).ToArray()
            : Names.Where(name => name == text).ToArray();
    }

    private static AttributeArgument Argument(AttributeSpec kind, string size) => kind.Arguments.FirstOrDefault(argument => argument.Name == size);

    private static AttributeArgument Number(int size) => new(string.Empty, size.ToString(CultureInfo.InvariantCulture), size);

    /// <summary>The values of all keys of a token: of sizes that the constructor takes, a size that it computes and passes to the projections.</summary>
    private static AttributeArgument KeysOf(AttributeSpec kind)
    {
        var (dim, keys) = (Argument(kind, "dim"), kind.Int("dim") / kind.Int("heads") * AttentionLayer.KvHeads(kind));
        return !AttentionLayer.IsGrouped(kind) ? dim
            : !kind.Parameters.Any() ? Number(keys)
            : new AttributeArgument(string.Empty, dim.Text.Equals(KeySize, StringComparison.OrdinalIgnoreCase) ? KeySize + "s" : KeySize, keys) { IsParameter = true, ByName = dim.ByName };
    }

    private static AttentionPart Linear(LayerSpec layer, string part, AttributeArgument inputs, AttributeArgument outputs, bool bias) => Make(
        layer, part, char.ToLowerInvariant(part[0]) + part.Substring(1), inputs, outputs, bias, layer.Methods.Where(method => !QKReparam.Is(method) && On(method).Contains(part)));

    private static AttentionPart QueryKey(LayerSpec layer, AttributeArgument dim, AttributeArgument rows) =>
        Make(layer, "QueryKey", "queryKey", dim, rows, bias: false, layer.Methods.Where(method => QKReparam.Is(method) || On(method).Contains("Query")));

    private static AttentionPart Make(LayerSpec layer, string part, string field, AttributeArgument inputs, AttributeArgument outputs, bool bias, IEnumerable<AttributeSpec> methods)
    {
        var sizes = new[] { inputs, outputs }.Where(size => size.IsParameter).GroupBy(size => size.Text).Select(same => same.First()).ToArray();
        EquatableArray<AttributeArgument> arguments =
        [
            inputs with { Name = "inFeatures" },
            outputs with { Name = "outFeatures" },
            new AttributeArgument("Bias", bias ? "true" : "false", bias ? 1 : 0),
            new AttributeArgument("heads", string.Empty, layer.Kind.Int("heads")),
        ];
        return new AttentionPart(part, new LayerSpec(layer.Name + "." + field, new AttributeSpec("Linear", arguments, layer.Kind.Place), methods.Select(Plain).ToEquatableArray())
        {
            Constructor = sizes.Length == 0 ? null : new ConstructorSpec("public", sizes.Select(size => new SizeParameter(size.Text, "int")).ToEquatableArray()),
        })
        { Arguments = string.Join(", ", sizes.Select(size => size.Text == Argument(layer.Kind, "dim").Text ? AttentionLayer.InConstructor(layer.Kind, "dim") : ValuesOfKeys(layer.Kind))) };
    }

    /// <summary>What the projections require, each of the same once, before the first of them is made; messages name the parameter, not the property.</summary>
    public static IEnumerable<string> Requirements(LayerSpec layer)
    {
        var (dim, inConstructor) = (Argument(layer.Kind, "dim"), AttentionLayer.InConstructor(layer.Kind, "dim"));
        AttributeArgument Inside(AttributeArgument size) => !size.IsParameter ? size : size with
        {
            Text = size.Text == dim.Text ? inConstructor : "(" + ValuesOfKeys(layer.Kind) + ")",
            ByName = true,
        };
        return Of(layer)
            .SelectMany(part => SizeRequirements.Of(part.Layer with { Kind = part.Layer.Kind with { Arguments = part.Layer.Kind.Arguments.Select(Inside).ToEquatableArray() } })
                .Select(text => text.Replace("\"" + inConstructor + "\"", "\"" + dim.Text + "\""))
                .Select(text => (text, Apart: text.Replace("\"" + part.Layer.Name + "\"", string.Empty))))
            .GroupBy(statement => statement.Apart)
            .Select(same => same.First().text);
    }

    /// <summary>The values of all keys of a token as the attention layer's constructor computes them.</summary>
    private static string ValuesOfKeys(AttributeSpec kind) =>
        AttentionLayer.InConstructor(kind, "dim") + " / " + AttentionLayer.InConstructor(kind, "heads") + " * " + AttentionLayer.InConstructor(kind, AttentionLayer.NamedKvHeads);

    /// <summary>To a projection, <c>On</c> has been answered.</summary>
    private static AttributeSpec Plain(AttributeSpec method) => method with { Arguments = method.Arguments.Where(argument => argument.Name != "On").ToEquatableArray() };

    private static IEnumerable<DiagnosticInfo> RefuseElsewhere(LayerSpec layer, AttributeSpec method)
    {
        if (QKReparam.Is(method))
        {
            yield return DiagnosticInfo.At(
                method.Place, AttentionDiagnostics.NoQKReparam, $"'{layer.Name}' is {layer.Kind.Name}, which has no queries and keys", "declare it on [Attention]");
        }
        else if (method.Arguments.Any(argument => argument.Name == "On"))
        {
            yield return DiagnosticInfo.At(
                method.Place, AttentionDiagnostics.NotOnThisLayer, method.Name, method.Choice("On", Everything), $"{layer.Kind.Name} has one weight: leave On out");
        }
    }

    /// <summary>At least one projection, and nothing but projections.</summary>
    private static IEnumerable<DiagnosticInfo> CheckNames(AttributeSpec method) => On(method).Count > 0 && !(int.TryParse(method.Choice("On", Everything), NumberStyles.Integer, CultureInfo.InvariantCulture, out var flags) && flags >> Names.Length != 0) ? [] :
        [DiagnosticInfo.At(method.Place, AttentionDiagnostics.NotOnThisLayer, method.Name, method.Choice("On", Everything), "name some of " + string.Join(", ", Names))];

    /// <summary>A method may stand several times as long as no projection gets it twice.</summary>
    private static IEnumerable<DiagnosticInfo> Duplicates(LayerSpec layer) => layer.Methods
        .Where((method, k) => layer.Methods.Take(k).Any(other => other.Name == method.Name && On(other).Intersect(On(method)).Any()))
        .Take(1)
        .Select(method => DiagnosticInfo.At(method.Place, DeclarationDiagnostics.DuplicateMethod, layer.Name, method.Name));
}
