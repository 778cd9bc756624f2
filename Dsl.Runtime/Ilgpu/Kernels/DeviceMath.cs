using System.Runtime.CompilerServices;
using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>
/// Functions of 32-bit floats from additions, multiplications and shifts: the same on every device, and so checked where there is no GPU. Polynomials of the Cephes
/// library (Moshier, Methods and Programs for Mathematical Functions, 1989) where nothing else is said.
/// </summary>
public static partial class DeviceMath
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f; // few digits: its products with whole numbers are exact
    private const float Ln2Low = -2.12194440e-4f;

    // Beyond these the result is 0 or infinite in 32-bit floats.
    private const float LeastExponent = -104f;
    private const float MostExponent = 89f;

    // 2²³: a sum that is as large has no digits behind the point.
    private const float AllWhole = 8388608f;

    /// <summary>The nearest whole number, the even one of two; from 2²³ on every number is whole already.</summary>
    public static float Round(float x)
    {
        var away = x < 0 ? -AllWhole : AllWhole; // with the sign of x, so that the sum does not fall below 2²³, where halves begin
        return x < AllWhole && x > -AllWhole ? x + away - away : x;
    }

    /// <summary>eˣ within 2 units in the last place; NaN remains.</summary>
    public static float Exp(float x)
    {
        var bounded = x < LeastExponent ? LeastExponent : x > MostExponent ? MostExponent : x;
        var n = Round(bounded * Log2E);
        var r = bounded - (n * Ln2High) - (n * Ln2Low);
        var p = 1.9875691500e-4f;
        p = (p * r) + 1.3981999507e-3f;
        p = (p * r) + 8.3334519073e-3f;
        p = (p * r) + 4.1665795894e-2f;
        p = (p * r) + 1.6666665459e-1f;
        p = (p * r) + 5.0000001201e-1f;
        return Scale((p * r * r) + r + 1f, (int)n);
    }

    /// <summary>The natural logarithm within 2 units in the last place, also of numbers below the normal range; −∞ at 0, NaN below.</summary>
    public static float Log(float x)
    {
        const float LeastNormal = 1.17549435e-38f;
        const float Lift = 8388608f; // 2²³
        var isSmall = x < LeastNormal;
        var bits = Interop.FloatAsInt(isSmall ? x * Lift : x);
        var exponent = (int)(bits >> 23) - (isSmall ? 149 : 126);
        var m = Interop.IntAsFloat((bits & 0x007FFFFF) | 0x3F000000);
        var isLow = m < 0.70710678f;
        m = isLow ? m + m - 1f : m - 1f;
        exponent = isLow ? exponent - 1 : exponent;
        var z = m * m;
        var p = 7.0376836292e-2f;
        p = (p * m) - 1.1514610310e-1f;
        p = (p * m) + 1.1676998740e-1f;
        p = (p * m) - 1.2420140846e-1f;
        p = (p * m) + 1.4249322787e-1f;
        p = (p * m) - 1.6668057665e-1f;
        p = (p * m) + 2.0000714765e-1f;
        p = (p * m) - 2.4999993993e-1f;
        p = (p * m) + 3.3333331174e-1f;
        var result = (p * m * z) + (exponent * Ln2Low) - (0.5f * z) + m + (exponent * Ln2High);
        return x > 0 && x < float.PositiveInfinity ? result : x == 0 ? float.NegativeInfinity : x > 0 ? x : float.NaN;
    }

    /// <summary>tanh(x) within 3 units in the last place; a zero keeps its sign.</summary>
    public static float Tanh(float x)
    {
        var magnitude = x < 0 ? -x : x;
        if (magnitude < 0.625f)
        {
            var z = x * x;
            var p = -5.70498872745e-3f;
            p = (p * z) + 2.06390887954e-2f;
            p = (p * z) - 5.37397155531e-2f;
            p = (p * z) + 1.33314422036e-1f;
            p = (p * z) - 3.33332819422e-1f;
            return (p * z * x) + x;
        }

        var far = 1f - (2f / (Exp(2f * magnitude) + 1f));
        return x < 0 ? -far : far;
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static float Sigmoid(float x) => 1f / (1f + Exp(-x));

    /// <summary>x Φ(x) = max(x, 0) − ½ |x| erfc(|x| / √2), the tail as in the managed runtime: Abramowitz and Stegun, 7.1.26.</summary>
    public static float Gelu(float x)
    {
        const float TailEnd = 20f;
        var magnitude = x < 0 ? -x : x;
        magnitude = magnitude > TailEnd ? TailEnd : magnitude;
        var z = magnitude * 0.70710678f;
        var t = 1f / (1f + (z * 0.3275911f));
        var p = 1.061405429f;
        p = (p * t) - 1.453152027f;
        p = (p * t) + 1.421413741f;
        p = (p * t) - 0.284496736f;
        p = (p * t) + 0.254829592f;
        return Relu(x) - (magnitude * p * t * Exp(-(z * z)) * 0.5f);
    }

    /// <summary>½ x (1 + tanh u) = x / (1 + e⁻²ᵘ), u = √(2/π) (x + 0.044715 x³): Hendrycks and Gimpel 2016.</summary>
    public static float GeluTanh(float x)
    {
        const float TailEnd = -20f;
        var bounded = x < TailEnd ? TailEnd : x;
        var u = (bounded + (bounded * bounded * bounded * 0.044715f)) * 0.79788456f;
        return bounded / (1f + Exp(u * -2f));
    }

    /// <summary>max(x, 0); NaN remains, which the maximum of GPUs would drop.</summary>
    public static float Relu(float x) => x <= 0 ? 0 : x;

    /// <summary>The function of a <see cref="DeviceActivation"/>: the same branch for all threads.</summary>
    internal static float Apply(int activation, float value) => activation switch
    {
        (int)DeviceActivation.None => value,
        (int)DeviceActivation.Relu => Relu(value),
        _ => ApplyLong(activation, value),
    };

    /// <summary>A function that is called, so that a kernel does not hold it once for every value that it stores.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float ApplyLong(int activation, float value) => activation switch
    {
        (int)DeviceActivation.Gelu => Gelu(value),
        (int)DeviceActivation.GeluTanh => GeluTanh(value),
        (int)DeviceActivation.Sigmoid => Sigmoid(value),
        _ => Tanh(value),
    };

    /// <summary>x · 2ⁿ in two steps, so that results below the normal range are rounded and not lost.</summary>
    private static float Scale(float x, int n)
    {
        var half = n >> 1;
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    private static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)((n + 127) << 23));
}
