using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers.Attention;

/// <summary>
/// Self-attention: linear projections, each a layer of its own on which methods act, around a core without weights
/// (docs/decisions/0005-attention.md).
/// </summary>
internal static class AttentionLayer
{
    public const string Attribute = "Attention";

    /// <summary>The heads of keys where a constant or a parameter gives them; a number is the property <c>KvHeads</c>.</summary>
    public const string NamedKvHeads = "kvHeads";

    /// <summary>Weights and forms are those of the projections: an attention layer is expanded into them before it is built.</summary>
    public static LayerKind Kind { get; } = new(
        Attribute,
        Check,
        _ => throw new ShapeException("An attention layer has a weight in each of its projections."),
        AttentionShape.OfLayer,
        _ => throw new ShapeException("An attention layer is built from its projections."));

    public static bool Is(LayerSpec layer) => layer.Kind.Name == Attribute;

    /// <summary>Heads of keys and values.</summary>
    public static int KvHeads(AttributeSpec kind) => kind.Int("KvHeads") is var own && own == 0 ? kind.Int("heads") : own;

    /// <summary>Whether heads of queries share keys, for every value of the heads that the constructor takes.</summary>
    public static bool IsGrouped(AttributeSpec kind) => kind.Int("KvHeads") is not 0 and var own && (own != kind.Int("heads") || IsParameter(kind, "heads") || IsParameter(kind, NamedKvHeads));

    /// <summary>What the constructor requires of the sizes that it is given, as statements.</summary>
    public static IEnumerable<string> Requirements(LayerSpec layer)
    {
        var (name, dim, heads) = ("\"" + layer.Name + "\"", layer.Kind.Choice("dim", string.Empty), layer.Kind.Choice("heads", string.Empty));
        var kvHeads = IsGrouped(layer.Kind) ? InConstructor(layer.Kind, NamedKvHeads) : "1";
        if (IsParameter(layer.Kind, "heads") && kvHeads != "1")
        {
            yield return $"LayerSizes.IsMultiple({name}, \"{heads}\", {InConstructor(layer.Kind, "heads")}, {kvHeads}, \"the heads of keys\");";
        }
        else if (IsParameter(layer.Kind, NamedKvHeads))
        {
            yield return $"LayerSizes.Divides({name}, \"{layer.Kind.Choice(NamedKvHeads, string.Empty)}\", {kvHeads}, {InConstructor(layer.Kind, "heads")}, \"the heads of queries\");";
        }

        if (IsParameter(layer.Kind, "dim"))
        {
            yield return $"LayerSizes.IsMultiple({name}, \"{dim}\", {InConstructor(layer.Kind, "dim")}, {InConstructor(layer.Kind, "heads")}, \"the number of heads\");";
        }
        else if (IsParameter(layer.Kind, "heads"))
        {
            yield return $"LayerSizes.Divides({name}, \"{heads}\", {InConstructor(layer.Kind, "heads")}, {InConstructor(layer.Kind, "dim")}, \"the values per token\");";
        }

        foreach (var requirement in AttentionParts.Requirements(layer))
        {
            yield return requirement;
        }
    }

    /// <summary>A size in the constructor, whose parameter may have the name of the property.</summary>
    public static string InConstructor(AttributeSpec kind, string size) => (kind.Arguments.Any(argument => argument.Name == size && argument is { IsParameter: true, ByName: false }) ? "this." : string.Empty) + kind.Size(size);

    private static bool IsParameter(AttributeSpec kind, string size) => kind.Arguments.Any(argument => argument.Name == size && argument.IsParameter);

    /// <summary>Sizes are at least one, heads divide the width, heads of keys divide heads of queries, and weights fit into .NET arrays.</summary>
    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec kind)
    {
        if (kind.Arguments.Count(argument => argument.Name is "KvHeads" or NamedKvHeads) > 1)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.NumberOutOfRange, Attribute, "KvHeads", Text((int)kind.Arguments.Last(argument => argument.Name == "KvHeads").Number), "left out where the third argument gives it");
            yield break;
        }

        var (dim, heads, kvHeads) = (kind.Int("dim"), kind.Int("heads"), KvHeads(kind));
        foreach (var (name, size) in new[] { ("dim", dim), ("heads", heads), ("KvHeads", kvHeads) })
        {
            if (size < 1)
            {
                yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.SizeOutOfRange, Attribute, name, Text(size), "1");
                yield break;
            }
        }

        if (dim % heads != 0)
        {
            // Of heads that the constructor takes, the least possible stands for all.
            yield return DiagnosticInfo.At(kind.Place, AttentionDiagnostics.HeadsDoNotDivide, IsParameter(kind, "heads") ? "KvHeads" : "heads", Text(heads), "dim", Text(dim));
        }
        else if (heads % kvHeads != 0)
        {
            yield return DiagnosticInfo.At(kind.Place, AttentionDiagnostics.HeadsDoNotDivide, "KvHeads", Text(kvHeads), "heads", Text(heads));
        }
        else if ((long)dim * dim > int.MaxValue)
        {
            yield return DiagnosticInfo.At(kind.Place, DeclarationDiagnostics.WeightTooLarge, Text(dim), Text(dim));
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
