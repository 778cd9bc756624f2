using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>Weights of mean 0 and variance 1 for each output.</summary>
[Reparameterization(Paper = "Qiao et al.: Micro-Batch Training with Batch-Channel Normalization and Weight Standardization, 2019, arXiv 1903.10520")]
public static partial class WeightStandardization
{
    private const double Epsilon = 1e-5;

    public static Weight Map(Weight v)
    {
        var centered = v - MeanOverRow(v);
        return centered / Sqrt(MeanOverRow(centered * centered) + Epsilon);
    }
}
