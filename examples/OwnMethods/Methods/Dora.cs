using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>A frozen weight with an adapter, and a trained length for each output; the length that is divided by counts as a constant (§4.3).</summary>
[Reparameterization(Paper = "Liu et al.: DoRA, 2024, arXiv 2402.09353")]
public static partial class Dora
{
    public static Weight Map([Frozen] Weight weight, [Shape("rank", "in")] Weight a, [Shape("out", "rank"), Start(0)] Weight b, [PerRow] Weight m, int rank, double alpha = 1)
    {
        var adapted = weight + (alpha / rank * MatMul(b, a));
        return m * adapted / StopGradient(Norm(adapted));
    }

    public static (Weight weight, Weight m) Inverse(Weight w) => (w, Norm(w));

    private static Weight Norm(Weight w) => Sqrt(SumOverRow(w * w));
}
