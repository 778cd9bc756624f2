using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator.Layers;

/// <summary>A kind of layer: the attribute that declares it, its constraints, its weight, its forms.</summary>
/// <param name="Attribute">The attribute's class name without <c>Attribute</c>.</param>
/// <param name="Check">What the declaration violates, at the attribute.</param>
/// <param name="Weight">The weight that methods act on.</param>
/// <param name="Shape">What the layer does to shapes.</param>
/// <param name="Build">Both forms and the claim about them.</param>
internal sealed record LayerKind(
    string Attribute,
    Func<AttributeSpec, IEnumerable<DiagnosticInfo>> Check,
    Func<AttributeSpec, WeightShape> Weight,
    Func<LayerSpec, LayerShape> Shape,
    Func<LayerSpec, LayerForms> Build)
{
    /// <summary>Why a method cannot act on this kind; null where it can.</summary>
    public Func<AttributeSpec, string?> Refuse { get; init; } = _ => null;

    /// <summary>Which of the layer's sizes are widths that may change with those of its neighbours; null where none may.</summary>
    public WidthArguments? Widths { get; init; }
}

/// <summary>The table of layer kinds. A new kind is a file beside this one and a row here.</summary>
internal static class LayerKinds
{
    private static readonly LayerKind[] All =
    [
        LinearLayer.Kind,
        Conv2dLayer.Kind,
        BatchNormLayer.OfRows,
        BatchNormLayer.OfImages,
        RowNormLayer.LayerNorm,
        RowNormLayer.RmsNorm,
        EmbeddingLayer.Kind,
        Attention.AttentionLayer.Kind,
    ];

    /// <summary>The attributes of the table.</summary>
    public static IEnumerable<string> Attributes => All.Select(kind => kind.Attribute);

    public static bool Contains(string attribute) => All.Any(kind => kind.Attribute == attribute);

    /// <summary>Both forms of a layer.</summary>
    public static LayerForms Build(LayerSpec layer) => SymbolicSizes.Complete(Find(layer.Kind.Name).Build(layer), layer);

    public static LayerKind Find(string attribute) => All.First(kind => kind.Attribute == attribute);
}
