using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>A direction and a length for each output.</summary>
[Reparameterization(Paper = "Salimans, Kingma: Weight Normalization, 2016, arXiv 1602.07868")]
public static partial class WeightNorm
{
    public static Weight Map(Weight v, [PerRow] Weight g) => g * v / Norm(v);

    public static (Weight v, Weight g) Inverse(Weight w) => (w, Norm(w));

    private static Weight Norm(Weight w) => Sqrt(SumOverRow(w * w));
}
