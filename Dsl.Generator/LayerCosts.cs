using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Emit;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator;

/// <summary>Parameters, operations and bytes of a layer, shown at its declaration as the cursor rests on it.</summary>
internal static class LayerCosts
{
    public static DiagnosticInfo Of(string place, LayerForms forms, LayerFacts facts) => DiagnosticInfo.At(
        place,
        InformationDiagnostics.Cost,
        forms.Name,
        CertificateText.Text(forms, facts.Parameters),
        CertificateText.Text(forms, facts.FoldedParameters),
        CertificateText.Text(forms, facts.TrainingFlops),
        forms.Unit,
        CertificateText.Text(forms, facts.InferenceFlops),
        CertificateText.Text(forms, facts.StoredBytes),
        CertificateText.Text(forms, facts.FoldedBytes),
        facts.Verdict);
}
