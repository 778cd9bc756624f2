namespace LayerDsl.Ilgpu.Kernels;

/// <content>Derivatives of the functions of forward passes.</content>
public static partial class DeviceMath
{
    /// <summary>The derivative of max(x, 0); 0 at 0, and 1 at NaN, as in TorchSharp.</summary>
    public static float ReluSlope(float x) => x <= 0 ? 0f : 1f;

    /// <summary>σ(x) (1 − σ(x)).</summary>
    public static float SigmoidSlope(float x)
    {
        var y = Sigmoid(x);
        return y * (1f - y);
    }

    /// <summary>1 − tanh²(x).</summary>
    public static float TanhSlope(float x)
    {
        var y = Tanh(x);
        return 1f - (y * y);
    }

    /// <summary>Φ(x) + x φ(x); the tail of Φ as in <see cref="Gelu"/>.</summary>
    public static float GeluSlope(float x)
    {
        const float TailEnd = 20f;
        const float InverseRootOf2Pi = 0.3989422804f;
        var magnitude = x < 0 ? -x : x;
        magnitude = magnitude > TailEnd ? TailEnd : magnitude;
        var z = magnitude * 0.70710678f;
        var t = 1f / (1f + (z * 0.3275911f));
        var p = 1.061405429f;
        p = (p * t) - 1.453152027f;
        p = (p * t) + 1.421413741f;
        p = (p * t) - 0.284496736f;
        p = (p * t) + 0.254829592f;
        var bell = Exp(-(z * z));
        var tail = 0.5f * p * t * bell;
        var below = x < 0 ? tail : 1f - tail;
        return below + (InverseRootOf2Pi * bell * (x < 0 ? -magnitude : magnitude));
    }

    /// <summary>The derivative of ½ x (1 + tanh u) = x σ(2u): σ + x σ (1 − σ) 2u′, u′ = √(2/π) (1 + 3 · 0.044715 x²).</summary>
    public static float GeluTanhSlope(float x)
    {
        const float TailEnd = 20f;
        var bounded = x < -TailEnd ? -TailEnd : x > TailEnd ? TailEnd : x;
        var u = (bounded + (bounded * bounded * bounded * 0.044715f)) * 0.79788456f;
        var s = 1f / (1f + Exp(u * -2f));
        return s + (bounded * s * (1f - s) * 2f * 0.79788456f * (1f + (0.134145f * bounded * bounded)));
    }
}
