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
}

/// <summary>Which projections an attention layer consists of, and which of its methods acts on which.</summary>
internal static class AttentionParts
{
    private const string Everything = "All";

    private static readonly string[] Names = ["Query", "Key", "Value", "Output"];

    /// <summary>Whether queries and keys share one weight.</summary>
    public static bool IsMerged(LayerSpec layer) => layer.Methods.Any(QKReparam.Is);

    /// <summary>The projections as linear layers, each with the methods that name it.</summary>
    public static IReadOnlyList<AttentionPart> Of(LayerSpec layer)
    {
        var (dim, heads) = (layer.Kind.Int("dim"), layer.Kind.Int("heads"));
        var keys = dim / heads * AttentionLayer.KvHeads(layer.Kind);
        var bias = layer.Kind.Flag("Bias", true);
        var others = new[] { Linear(layer, "Value", dim, keys, bias), Linear(layer, "Output", dim, dim, bias) };
        return IsMerged(layer)
            ? [QueryKey(layer, dim, heads * (dim + (bias ? 1 : 0))), .. others]
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
        return found.Length > 0 ? found : Of(layer).SelectMany(part => Methods.Check(part.Layer)).Distinct();
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

    private static AttentionPart Linear(LayerSpec layer, string part, int inputs, int outputs, bool bias) =>
        new(part, Part(layer, part, inputs, outputs, bias, layer.Methods.Where(method => !QKReparam.Is(method) && On(method).Contains(part))));

    private static AttentionPart QueryKey(LayerSpec layer, int dim, int rows) =>
        new("QueryKey", Part(layer, "queryKey", dim, rows, bias: false, layer.Methods.Where(method => QKReparam.Is(method) || On(method).Contains("Query"))));

    private static LayerSpec Part(LayerSpec layer, string part, int inputs, int outputs, bool bias, IEnumerable<AttributeSpec> methods)
    {
        EquatableArray<AttributeArgument> arguments =
        [
            new AttributeArgument("inFeatures", inputs.ToString(CultureInfo.InvariantCulture), inputs),
            new AttributeArgument("outFeatures", outputs.ToString(CultureInfo.InvariantCulture), outputs),
            new AttributeArgument("Bias", bias ? "true" : "false", bias ? 1 : 0),
            new AttributeArgument("heads", string.Empty, layer.Kind.Int("heads")),
        ];
        var name = layer.Name + "." + char.ToLowerInvariant(part[0]) + part.Substring(1);
        return new LayerSpec(name, new AttributeSpec("Linear", arguments, layer.Kind.Place), methods.Select(Plain).ToEquatableArray());
    }

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
