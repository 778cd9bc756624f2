using static LayerDsl.Functions;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>Rows made of the first few cosines of the DCT-II, cos(π k (i + ½) / n): smooth along the inputs.</summary>
[Reparameterization(Paper = "Ahmed, Natarajan, Rao: Discrete Cosine Transform, 1974, doi 10.1109/T-C.1974.223784")]
public static partial class CosineLowRank
{
    public static Weight Map([Shape("out", "rank")] Weight coefficients, [Buffer, Positions, Shape("rank")] Weight k, [Buffer, Positions, PerColumn] Weight i, [Size("in")] int n, int rank) =>
        MatMul(coefficients, Cos(Math.PI / n * k * (i + 0.5)));
}
