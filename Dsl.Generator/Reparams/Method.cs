using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Reparams;

/// <summary>A reparameterization: the attribute that declares it, its constraints, and the step that it takes.</summary>
/// <param name="Attribute">The attribute's class name without <c>Attribute</c>.</param>
/// <param name="Check">What the declaration violates, at the attribute.</param>
/// <param name="Apply">The next effective weight.</param>
/// <param name="BaseName">
/// The name of the stored tensor that the methods start from, where this method is declared; null to leave it <c>weight</c>.
/// A stored tensor that is not itself a weight must not be called one: loading a plain state into it would be silently wrong.
/// </param>
/// <param name="Freezes">Whether this declaration freezes the stored tensor under it.</param>
internal sealed record Method(
    string Attribute,
    Func<AttributeSpec, WeightShape, IEnumerable<DiagnosticInfo>> Check,
    Func<EffectiveWeight, AttributeSpec, WeightShape, EffectiveWeight> Apply,
    Func<AttributeSpec, string?> BaseName,
    Func<AttributeSpec, bool> Freezes)
{
    /// <summary>How many neighbouring inputs share something in a declaration; 0 where none do.</summary>
    public Func<AttributeSpec, int> Block { get; init; } = _ => 0;
}
