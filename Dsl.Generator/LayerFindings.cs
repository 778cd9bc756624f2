using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator;

/// <summary>What proof and gradient check report of a layer, at its declaration.</summary>
internal static class LayerFindings
{
    public static EquatableArray<DiagnosticInfo> Of(string place, string name, Verdict verdict, GradientReport check)
    {
        var found = verdict switch
        {
            Verdict.Refuted refuted => DiagnosticInfo.At(place, ProofDiagnostics.Refuted, name, refuted.Counterexample),
            Verdict.Tested tested => DiagnosticInfo.At(place, ProofDiagnostics.OnlyTested, name, tested.Bound),
            _ => null,
        };
        var wrong = check switch
        {
            { Error: { } error } => DiagnosticInfo.At(place, ProofDiagnostics.WrongGradient, name, error),
            { Points: 0 } => DiagnosticInfo.At(place, ProofDiagnostics.UncheckedGradient, name, check.Reason),
            _ => null,
        };
        return new[] { found, wrong }.Where(diagnostic => diagnostic is not null).Select(diagnostic => diagnostic!).ToEquatableArray();
    }
}
