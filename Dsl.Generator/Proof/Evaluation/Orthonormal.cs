using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>
/// Exact matrices with orthonormal rows, for points: the first rows of the reflection 1 - 2·v·vᵀ / vᵀv (Householder 1958),
/// which is orthogonal and rational for every rational v ≠ 0.
/// </summary>
internal static class Orthonormal
{
    public static Rational Element(Tensor tensor, IReadOnlyList<long> place, Func<string, long> sizeOf, Func<long, Rational> vector)
    {
        var length = Enumerable.Range(0, (int)tensor.Axes[1].Size.Evaluate(sizeOf)).Aggregate(Rational.Zero, (sum, k) => sum + (vector(k) * vector(k)));
        return (place[0] == place[1] ? 1 : 0) - (2 * vector(place[0]) * vector(place[1]) / length);
    }
}
