namespace LayerDsl;

/// <summary>The tensors that a saved model holds of an input's grid.</summary>
internal static class ActivationTensors
{
    /// <summary>How many numbers they have.</summary>
    public const int Count = 2;

    public static string Scale(string layer) => $"{layer}.input_scale";

    public static string ZeroPoint(string layer) => $"{layer}.input_zero";

    public static IEnumerable<SafetensorsEntry> Of(string layer, ActivationGrid? grid) => grid is null
        ? []
        : [SafetensorsEntry.FromFloats(Scale(layer), [grid.Scale], 1), SafetensorsEntry.FromFloats(ZeroPoint(layer), [grid.ZeroPoint], 1)];
}
