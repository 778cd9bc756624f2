using System.Globalization;
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
        Text(facts.Parameters),
        Text(facts.FoldedParameters),
        Text(facts.TrainingFlops),
        forms.Unit,
        Text(facts.InferenceFlops),
        Text(facts.StoredBytes),
        Text(facts.FoldedBytes),
        facts.Verdict);

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
