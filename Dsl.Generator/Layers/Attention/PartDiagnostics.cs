using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;

namespace LayerDsl.Generator.Layers.Attention;

/// <summary>What the projections of an attention layer say of the attributes that they share: once at each attribute, with the names of all whom it concerns.</summary>
internal static class PartDiagnostics
{
    /// <param name="parts">The projections.</param>
    /// <param name="check">What one of them violates.</param>
    public static IEnumerable<DiagnosticInfo> Join(IReadOnlyList<AttentionPart> parts, Func<LayerSpec, IEnumerable<DiagnosticInfo>> check) => parts
        .SelectMany(part => Numbered(check(part.Layer)).Select(found => (Part: part, found.Number, found.Diagnostic)))
        .GroupBy(found => (found.Diagnostic.Place, found.Diagnostic.Descriptor, found.Number))
        .Select(same => Joined(same.Select(found => (found.Part, found.Diagnostic)).ToArray()));

    /// <summary>The same part may say several things of one kind at an attribute: each is counted by itself.</summary>
    private static IEnumerable<(int Number, DiagnosticInfo Diagnostic)> Numbered(IEnumerable<DiagnosticInfo> found) =>
        found.Distinct().GroupBy(diagnostic => (diagnostic.Place, diagnostic.Descriptor)).SelectMany(same => same.Select((diagnostic, number) => (number, diagnostic)));

    private static DiagnosticInfo Joined((AttentionPart Part, DiagnosticInfo Diagnostic)[] same)
    {
        var first = same[0].Diagnostic;
        return first with
        {
            Arguments = first.Arguments.Select((argument, at) => same.All(other => other.Diagnostic.Arguments[at] == argument) ? argument : Argument(same, at)).ToEquatableArray(),
        };
    }

    /// <summary>Names of layers are listed; in a sentence, the numbers are those of the first part, and the parts are named behind it; a number alone is that of the first.</summary>
    private static string Argument((AttentionPart Part, DiagnosticInfo Diagnostic)[] same, int at)
    {
        var first = same[0].Diagnostic.Arguments[at];
        return same.All(other => other.Diagnostic.Arguments[at] == other.Part.Layer.Name) ? string.Join("' and '", same.Select(other => other.Part.Layer.Name))
            : first.Contains(' ') ? first + " (" + string.Join(", ", same.Select(other => other.Part.Part)) + ")"
            : first;
    }
}
