using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <content>What weight maps are made of beside the functions of forward passes.</content>
public static partial class DeviceMath
{
    /// <summary>x².</summary>
    public static float Square(float x) => x * x;

    /// <summary>|x|.</summary>
    public static float Abs(float x) => x < 0 ? -x : x == 0 ? 0 : x;

    /// <summary>1 above 0, −1 below, else 0.</summary>
    public static float Sign(float x) => x > 0 ? 1f : x < 0 ? -1f : 0f;

    /// <summary>The larger one; NaN if one of them is.</summary>
    public static float Max(float a, float b) => a > b ? a : b >= a ? b : a + b;

    /// <summary>The smaller one; NaN if one of them is.</summary>
    public static float Min(float a, float b) => a < b ? a : b <= a ? b : a + b;

    /// <summary>1 where a is at least b, else 0.</summary>
    public static float AtLeast(float a, float b) => a >= b ? 1f : 0f;

    /// <summary>1 where a is above b, else 0.</summary>
    public static float Above(float a, float b) => a > b ? 1f : 0f;

    /// <summary>The second argument where the first is not 0, else the third.</summary>
    public static float Select(float condition, float yes, float no) => condition != 0 ? yes : no;

    /// <summary>2ˣ within 2 units in the last place, exact at whole numbers; NaN remains.</summary>
    public static float Exp2(float x)
    {
        const float Least = -150f;
        const float Most = 128f;
        var bounded = x < Least ? Least : x > Most ? Most : x;
        var n = Round(bounded);
        var r = bounded - n;
        var p = 1.535336188319500e-4f;
        p = (p * r) + 1.339887440266574e-3f;
        p = (p * r) + 9.618437357674640e-3f;
        p = (p * r) + 5.550332471162809e-2f;
        p = (p * r) + 2.402264791363012e-1f;
        p = (p * r) + 6.931472028550421e-1f;
        return Scale((p * r) + 1f, (int)n);
    }

    /// <summary>The logarithm to base 2, exact at powers of two in the normal range; −∞ at 0, NaN below.</summary>
    public static float Log2(float x)
    {
        const float LeastNormal = 1.17549435e-38f;
        const float Lift = 8388608f; // 2²³
        const float Log2ELess1 = 0.44269504088896340735992f;
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
        var y = (p * m * z) - (0.5f * z);
        var result = (y * Log2ELess1) + (m * Log2ELess1) + y + m + exponent;
        return x > 0 && x < float.PositiveInfinity ? result : x == 0 ? float.NegativeInfinity : x > 0 ? x : float.NaN;
    }

    /// <summary>arctan(x) within 3 units in the last place; a zero keeps its sign.</summary>
    public static float Atan(float x)
    {
        const float TangentOf67 = 2.414213562373095f;
        const float TangentOf22 = 0.4142135623730950f;
        var magnitude = x < 0 ? -x : x;
        var isFar = magnitude > TangentOf67;
        var isMiddle = !isFar && magnitude > TangentOf22;
        var reduced = isFar ? -1f / magnitude : isMiddle ? (magnitude - 1f) / (magnitude + 1f) : magnitude;
        var start = isFar ? 1.5707963267948966f : isMiddle ? 0.7853981633974483f : 0f;
        var z = reduced * reduced;
        var p = 8.05374449538e-2f;
        p = (p * z) - 1.38776856032e-1f;
        p = (p * z) + 1.99777106478e-1f;
        p = (p * z) - 3.33329491539e-1f;
        var result = start + ((p * z * reduced) + reduced);
        return x < 0 ? -result : x == 0 ? x : result;
    }
}
