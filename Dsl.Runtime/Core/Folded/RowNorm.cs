using System.Globalization;

namespace LayerDsl;

/// <summary>What the folded normalizations of rows share.</summary>
internal static class RowNorm
{
    /// <summary>Refuses sizes and weights that no layer has.</summary>
    public static void Check(string name, int features, double eps, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        Require.Positive(name, "features", features);
        if (!(eps > 0 && double.IsFinite(eps)))
        {
            throw new LayerShapeException(name, "eps", "greater than 0", eps.ToString("R", CultureInfo.InvariantCulture));
        }

        if (!weight.IsEmpty)
        {
            Require.Equal(name, "length of the weight", features, weight.Length);
        }

        if (!bias.IsEmpty)
        {
            Require.Equal(name, "length of the bias", features, bias.Length);
        }

        Require.Finite(name, "weight", weight);
        Require.Finite(name, "bias", bias);
    }

    /// <summary>Refuses buffers that do not fit.</summary>
    public static void Check(string name, ReadOnlySpan<float> x, ReadOnlySpan<float> y, int rows, int features)
    {
        Require.Positive(name, "rows of the batch", rows);
        Require.Rows(name, "length of the input", rows, features, x.Length);
        Require.Rows(name, "length of the output", rows, features, y.Length);
        Require.Separate(name, x, y);
    }

    /// <summary>The tensors that a saved model holds.</summary>
    public static IEnumerable<SafetensorsEntry> Tensors(string name, float[] weight, float[] bias)
    {
        if (weight.Length > 0)
        {
            yield return SafetensorsEntry.FromFloats(FoldedModelFile.WeightName(name), weight, weight.Length);
        }

        if (bias.Length > 0)
        {
            yield return SafetensorsEntry.FromFloats(FoldedModelFile.BiasName(name), bias, bias.Length);
        }
    }
}
