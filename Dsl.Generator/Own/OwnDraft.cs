using LayerDsl.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Own;

/// <summary>A body while it is read: its steps, where each stands, and what is wrong.</summary>
internal sealed class OwnDraft
{
    /// <summary>In place of a step: what was refused. Nothing more is said of what uses it.</summary>
    public const int Refused = -1;

    private readonly List<OwnStep> steps = [];
    private readonly List<LocationInfo?> places = [];
    private readonly List<DiagnosticInfo> diagnostics = [];

    public IReadOnlyList<DiagnosticInfo> Diagnostics => diagnostics;

    /// <summary>Where each step stands.</summary>
    public IReadOnlyList<LocationInfo?> Places => places;

    public IReadOnlyList<OwnStep> Steps => steps;

    public int Add(SyntaxNode syntax, string name, IReadOnlyList<int> operands, double number = 0, string text = "")
    {
        if (operands.Contains(Refused))
        {
            return Refused;
        }

        if (steps.Count == OwnLimits.MostSteps)
        {
            return Refuse(syntax, $"the method has more than {OwnLimits.MostSteps} operations, helper methods written out; split it in two, each with its own [Reparam]");
        }

        steps.Add(new OwnStep(name, operands.ToEquatableArray(), number, text));
        places.Add(LocationInfo.From(syntax.GetLocation()));
        return steps.Count - 1;
    }

    public int Refuse(SyntaxNode syntax, string reason) => Refuse(syntax.GetLocation(), TextOf(syntax), reason);

    public int Refuse(Location location, string text, string reason)
    {
        var place = LocationInfo.From(location);
        if (!diagnostics.Any(other => other.Location == place))
        {
            diagnostics.Add(DiagnosticInfo.Create(OwnDiagnostics.Unsupported, place, text, reason));
        }

        return Refused;
    }

    public void Report(DiagnosticInfo diagnostic) => diagnostics.Add(diagnostic);

    public static string TextOf(SyntaxNode syntax)
    {
        const int Longest = 60;
        var text = string.Join(" ", syntax.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text.Substring(0, Longest - 1) + "…";
    }
}
