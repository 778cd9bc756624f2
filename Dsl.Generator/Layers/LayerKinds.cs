using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator.Layers;

/// <summary>A kind of layer: the attribute that declares it, its constraints, its forms.</summary>
internal sealed record LayerKind(string Attribute, Func<AttributeSpec, IEnumerable<DiagnosticInfo>> Check, Func<LayerSpec, LayerForms> Build);

/// <summary>The table of layer kinds. A new kind is a file beside this one and a row here.</summary>
internal static class LayerKinds
{
    private static readonly LayerKind[] All =
    [
        new("Linear", LinearLayer.Check, LinearLayer.Build),
    ];

    /// <summary>The attributes of the table.</summary>
    public static IEnumerable<string> Attributes => All.Select(kind => kind.Attribute);

    public static bool Contains(string attribute) => All.Any(kind => kind.Attribute == attribute);

    public static LayerKind Find(string attribute) => All.First(kind => kind.Attribute == attribute);
}
