using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>
/// -1, 0 or 1 times a scale: 0 below a threshold that is learned through a sigmoid in its place, as the sign is through the weight itself.
/// </summary>
[Reparameterization(Paper = "Zhu et al.: Trained Ternary Quantization, 2017, arXiv 1612.01064; Bengio et al. 2013, arXiv 1308.3432")]
public static partial class LearnedTernary
{
    public static Weight Map(Weight v, [PerRow] Weight scale, [PerRow] Weight threshold, double sharpness = 20)
    {
        var size = Abs(v);
        var kept = StraightThrough(Greater(size, threshold), Sigmoid(sharpness * (size - threshold)));
        return scale * kept * StraightThrough(Sign(v), v);
    }

    /// <summary>The threshold and scale of Li, Zhang, Liu 2016, arXiv 1605.04711: 0.7 of the mean, and the mean of what lies above it.</summary>
    public static (Weight v, Weight scale, Weight threshold) Initialize(Weight w)
    {
        var size = Abs(w);
        var threshold = 0.7 * MeanOverRow(size);
        var above = Greater(size, threshold);
        return (w, SumOverRow(size * above) / Max(SumOverRow(above), 1), threshold);
    }
}
