using static TorchSharp.torch;

namespace LayerDsl.Oscillation;

/// <summary>The layers of a model that fold to codes.</summary>
internal static class QuantizedLayers
{
    /// <summary>The layers and their weights in codes as they are now. Layers made of others are seen through these.</summary>
    public static IEnumerable<(Layer Layer, QuantizedWeight Weight)> Of(nn.Module model) => model.modules().Append(model).OfType<Layer>().Distinct()
        .Select(layer => (layer, weight: WeightOf(layer.Fold())))
        .Where(pair => pair.weight is not null)
        .Select(pair => (pair.layer, pair.weight!));

    public static byte[] Codes(QuantizedWeight weight)
    {
        var codes = new byte[checked(weight.Codes.Rows * weight.Codes.Columns)];
        for (var row = 0; row < weight.Codes.Rows; row++)
        {
            weight.Codes.Read(row, codes.AsSpan(row * weight.Codes.Columns, weight.Codes.Columns));
        }

        return codes;
    }

    private static QuantizedWeight? WeightOf(FoldedLayer folded) => folded switch
    {
        FoldedLinear linear => linear.Quantized,
        FoldedConv2d convolution => convolution.Quantized,
        _ => null,
    };
}
