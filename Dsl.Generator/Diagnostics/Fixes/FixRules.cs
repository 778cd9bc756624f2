using System.Globalization;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Generator.Diagnostics.Fixes;

/// <summary>The table of fixes that follow from a finding and its arguments alone.</summary>
internal static class FixRules
{
    /// <summary>Sparsities whose parallel branches are a whole number: 2, 4, 5 and 10 of them.</summary>
    private static readonly double[] WholeBranches = [0.5, 0.75, 0.8, 0.9];

    private static readonly IReadOnlyDictionary<string, Func<DiagnosticInfo, SuggestedFix?>> Rows = new Dictionary<string, Func<DiagnosticInfo, SuggestedFix?>>
    {
        [MethodDiagnostics.RankOutOfRange.Id] = finding => Set(finding, "rank", Math.Max(1, Math.Min(Number(finding, 0), Number(finding, 1)))),
        [MethodDiagnostics.GroupDoesNotDivide.Id] = finding => Set(finding, "GroupSize", Nearest(Number(finding, 0), Number(finding, 1), Number(finding, 1))),
        [DeclarationDiagnostics.GroupsDoNotDivide.Id] = finding => Set(finding, "Groups", Nearest(Number(finding, 0), Number(finding, 1), Number(finding, 2))),
        [AttentionDiagnostics.HeadsDoNotDivide.Id] = finding => Set(finding, finding.Arguments[0], Nearest(Number(finding, 1), Number(finding, 3), Number(finding, 3))),
        [SparseDiagnostics.BranchesNotWhole.Id] = finding => SuggestedFix.SetArgument(finding.Location, "sparsity", Text(NearestSparsity(finding))),
        [SparseDiagnostics.MustStandFirst.Id] = finding => SuggestedFix.MoveAttribute(finding.Location, "SparseIso", before: null),
        [SparseDiagnostics.MovingMaskOverSum.Id] = finding => SuggestedFix.MoveAttribute(finding.Location, "SparseIso", "LowRank"),
    };

    /// <summary>What fixes a finding, and what silences it where it is a warning.</summary>
    public static IEnumerable<SuggestedFix> Of(DiagnosticInfo finding)
    {
        if (Rows.TryGetValue(finding.Descriptor.Id, out var rule) && rule(finding) is { } fix)
        {
            yield return fix;
        }

        if (finding.Descriptor.DefaultSeverity == DiagnosticSeverity.Warning)
        {
            yield return SuggestedFix.Suppress(finding.Location, finding.Descriptor.Id);
        }
    }

    private static SuggestedFix Set(DiagnosticInfo finding, string argument, long value) =>
        SuggestedFix.SetArgument(finding.Location, argument, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The common divisor of two sizes that is nearest to the wanted number; of two as near, the smaller one.</summary>
    private static long Nearest(long wanted, long a, long b)
    {
        var best = 1L;
        for (var size = 1L; size <= Math.Min(a, b); size++)
        {
            if (a % size == 0 && b % size == 0 && Math.Abs(size - wanted) < Math.Abs(best - wanted))
            {
                best = size;
            }
        }

        return best;
    }

    private static double NearestSparsity(DiagnosticInfo finding)
    {
        var wanted = double.Parse(finding.Arguments[0], CultureInfo.InvariantCulture);
        return WholeBranches.OrderBy(sparsity => Math.Abs(sparsity - wanted)).First();
    }

    private static long Number(DiagnosticInfo finding, int argument) => long.Parse(finding.Arguments[argument], CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
