using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;

namespace LayerDsl.Generator.Merging;

/// <summary>Two layers of a model that are one layer, or a simpler pair, when it is folded.</summary>
/// <param name="First">The layer that is called first.</param>
/// <param name="Second">The layer that reads its output, and alone does.</param>
internal sealed record MergedPair(LayerSpec First, LayerSpec Second)
{
    /// <summary>Whether nothing of the second layer remains: a batch normalization in a convolution or a linear layer.</summary>
    public bool IntoFirst => LayerShape.Of(Second) is BatchNormShape;

    public LayerSpec Norm => IntoFirst ? Second : First;

    public string Name => First.Name + " + " + Second.Name;
}

/// <summary>A pair whose merge was examined.</summary>
internal sealed record ProvedPair(MergedPair Pair, PairForms Forms, Verdict Verdict)
{
    /// <summary>Only what is proved is merged.</summary>
    public bool IsMerged => Verdict is Verdict.Proved;

    /// <summary>A merge that changes the result is a fault of ours, and no pair that is not proved is merged.</summary>
    public DiagnosticInfo? Finding => Verdict is Verdict.Refuted refuted
        ? DiagnosticInfo.At(Pair.Norm.Kind.Place, ProofDiagnostics.Refuted, Pair.Name, refuted.Counterexample)
        : null;
}
