using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics.Fixes;

/// <summary>A fix for a finding, as data: the place and what the code fix has to know.</summary>
/// <param name="Descriptor">One of <see cref="FixDescriptors"/>.</param>
/// <param name="Place">Where the finding stands.</param>
/// <param name="Properties">Values by the keys of <see cref="FixKeys"/>.</param>
/// <param name="Arguments">Of the descriptor's message, which is the title of the fix.</param>
internal sealed record SuggestedFix(DiagnosticDescriptor Descriptor, LocationInfo? Place, ImmutableDictionary<string, string?> Properties, params string[] Arguments)
{
    public static SuggestedFix MakePartial(LocationInfo? place, string name) =>
        new(FixDescriptors.MakePartial, place, Pairs((FixKeys.Name, name)), name);

    public static SuggestedFix SetArgument(LocationInfo? place, string argument, string value) =>
        new(FixDescriptors.SetArgument, place, Pairs((FixKeys.Name, argument), (FixKeys.Value, value)), argument, value);

    /// <param name="place">The attribute that is moved.</param>
    /// <param name="moved">Its name.</param>
    /// <param name="before">The attribute to move it in front of; null for the first method of the layer.</param>
    public static SuggestedFix MoveAttribute(LocationInfo? place, string moved, string? before) => new(
        FixDescriptors.MoveAttribute, place, before is null ? Pairs() : Pairs((FixKeys.Before, before)), moved, before ?? "the other methods");

    public static SuggestedFix AddForward(LocationInfo? place, IEnumerable<string> layers) =>
        new(FixDescriptors.AddForward, place, Pairs((FixKeys.Layers, string.Join(",", layers))));

    public static SuggestedFix ReplaceCall(LocationInfo? place, string replacement) =>
        new(FixDescriptors.ReplaceCall, place, Pairs((FixKeys.Value, replacement)), replacement);

    public static SuggestedFix RegisterComponents(LocationInfo? place) => new(FixDescriptors.RegisterComponents, place, Pairs());

    public static SuggestedFix Suppress(LocationInfo? place, string id) => new(FixDescriptors.Suppress, place, Pairs((FixKeys.Name, id)), id);

    public Diagnostic ToDiagnostic(Compilation compilation) =>
        Diagnostic.Create(Descriptor, Place?.ToLocation(compilation), Properties, Arguments.Select(argument => (object)argument).ToArray());

    private static ImmutableDictionary<string, string?> Pairs(params (string Key, string Value)[] pairs) =>
        pairs.ToImmutableDictionary(pair => pair.Key, pair => (string?)pair.Value);
}
