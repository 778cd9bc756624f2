using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>A gate between 0 and 1 for every weight, by which it can be switched off.</summary>
[Reparameterization(Paper = "Savarese, Silva, Maire: Winning the Lottery with Continuous Sparsification, 2020, arXiv 1912.04427")]
public static partial class GatedPruning
{
    private const double Open = 2;

    public static Weight Map(Weight v, Weight gate, double sharpness = 1) => v * Sigmoid(sharpness * gate);

    public static (Weight v, Weight gate) Inverse(Weight w, double sharpness) => (w / Sigmoid(sharpness * Open), Open + (0 * w));
}
