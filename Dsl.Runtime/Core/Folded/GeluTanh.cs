using System.Numerics;

namespace LayerDsl;

/// <summary>½ x (1 + tanh u) = x / (1 + exp(−2u)), u = √(2/π) (x + 0.044715 x³): one exponential, and no cancellation for x &lt; 0.</summary>
internal readonly struct GeluTanh : IVectorFunction
{
    // Below it the result is zero in 32-bit floats; the limit keeps −∞ / ∞ out.
    private const float TailEnd = -20f;

    public static Vector<float> Of(Vector<float> x)
    {
        var bounded = Vector.Max(x, new Vector<float>(TailEnd));
        var u = (bounded + (bounded * bounded * bounded * 0.044715f)) * 0.79788456f;
        return bounded / (Vector<float>.One + Vector.Exp(u * -2f));
    }
}
