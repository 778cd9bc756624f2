using System.Numerics;

namespace LayerDsl;

/// <summary>
/// GELU by the complementary error function: x Φ(x) = max(x, 0) − ½ |x| erfc(|x| / √2). The tail alone is approximated, so large
/// values come out exact and nothing cancels. erfc(z) = (a₁t + … + a₅t⁵) exp(−z²), t = 1 / (1 + p z), with error below 1.5·10⁻⁷:
/// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
/// </summary>
internal readonly struct Gelu : IVectorFunction
{
    // Beyond it the tail is zero in 32-bit floats; the limit keeps ∞ · 0 out.
    private const float TailEnd = 20f;

    public static Vector<float> Of(Vector<float> x)
    {
        var magnitude = Vector.Min(Vector.Abs(x), new Vector<float>(TailEnd));
        var z = magnitude * 0.70710678f;
        var t = Vector<float>.One / (Vector<float>.One + (z * 0.3275911f));
        var polynomial = new Vector<float>(1.061405429f);
        polynomial = (polynomial * t) - new Vector<float>(1.453152027f);
        polynomial = (polynomial * t) + new Vector<float>(1.421413741f);
        polynomial = (polynomial * t) - new Vector<float>(0.284496736f);
        polynomial = (polynomial * t) + new Vector<float>(0.254829592f);
        var tail = polynomial * t * Vector.Exp(-(z * z));
        return Vector.Max(x, Vector<float>.Zero) - (magnitude * tail * 0.5f);
    }
}
