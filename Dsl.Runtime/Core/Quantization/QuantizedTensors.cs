namespace LayerDsl;

/// <summary>The tensors that a saved model holds of a weight in codes.</summary>
internal static class QuantizedTensors
{
    public static string Codes(string layer) => $"{layer}.codes";

    public static string Scales(string layer) => $"{layer}.scales";

    public static string Zeros(string layer) => $"{layer}.zeros";

    public static string Down(string layer) => $"{layer}.lora_A";

    public static string Up(string layer) => $"{layer}.lora_B";

    public static IEnumerable<SafetensorsEntry> Of(string layer, QuantizedWeight weight)
    {
        var (codes, format) = (weight.Codes, weight.Format);
        yield return new SafetensorsEntry(Codes(layer), SafetensorsType.U8, EquatableList.Create<long>([codes.Rows, codes.RowBytes]), codes.Bytes);
        yield return SafetensorsEntry.FromFloats(Scales(layer), weight.Scales, weight.Scales.Length);
        if (format.HasZeroPoints)
        {
            yield return SafetensorsEntry.FromFloats(Zeros(layer), weight.Zeros, weight.Zeros.Length);
        }

        if (format.Rank > 0)
        {
            yield return SafetensorsEntry.FromFloats(Down(layer), weight.Down, format.Rank, codes.Columns);
            yield return SafetensorsEntry.FromFloats(Up(layer), weight.Up, codes.Rows, format.Rank);
        }
    }
}
