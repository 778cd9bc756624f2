namespace LayerDsl.Ilgpu.Kernels;

/// <content>Functions that formulas of users' methods may have.</content>
public static partial class DeviceMath
{
    /// <summary>The sine, within 2·10⁻⁷; NaN of what is not finite.</summary>
    public static float Sin(float x)
    {
        var turns = Reduce(x);
        var value = (turns.Count & 1) == 0 ? SinNearZero(turns.Rest) : CosNearZero(turns.Rest);
        return turns.Count >= 2 ? -value : value;
    }

    /// <summary>The cosine, within 2·10⁻⁷; NaN of what is not finite.</summary>
    public static float Cos(float x)
    {
        var turns = Reduce(x);
        var value = (turns.Count & 1) == 0 ? CosNearZero(turns.Rest) : SinNearZero(turns.Rest);
        return turns.Count is 1 or 2 ? -value : value;
    }

    /// <summary>sin(x) / cos(x).</summary>
    public static float Tan(float x) => Sin(x) / Cos(x);

    /// <summary>½ ln((1 + x) / (1 − x)) within 4 units in the last place; ±∞ at ±1, NaN beyond.</summary>
    public static float Atanh(float x)
    {
        if (x < 0.5f && x > -0.5f)
        {
            var z = x * x;
            var p = 1.81740078349e-1f;
            p = (p * z) + 8.24370301058e-2f;
            p = (p * z) + 1.46691431730e-1f;
            p = (p * z) + 1.99782164500e-1f;
            p = (p * z) + 3.33337300303e-1f;
            return (p * z * x) + x;
        }

        return 0.5f * Log((1f + x) / (1f - x));
    }

    /// <summary>The error function, within 2·10⁻⁷; a zero keeps its sign. The tail: Abramowitz and Stegun, 7.1.26.</summary>
    public static float Erf(float x)
    {
        const float TailEnd = 10f;
        var magnitude = x < 0 ? -x : x;
        if (magnitude < 1f)
        {
            var z = x * x;
            var near = 7.853861353153693e-5f;
            near = (near * z) - 8.010193625184903e-4f;
            near = (near * z) + 5.188327685732524e-3f;
            near = (near * z) - 2.685381193529856e-2f;
            near = (near * z) + 1.128358514861418e-1f;
            near = (near * z) - 3.761262582423300e-1f;
            near = (near * z) + 1.128379165726710f;
            return near * x;
        }

        magnitude = magnitude > TailEnd ? TailEnd : magnitude;
        var t = 1f / (1f + (magnitude * 0.3275911f));
        var p = 1.061405429f;
        p = (p * t) - 1.453152027f;
        p = (p * t) + 1.421413741f;
        p = (p * t) - 0.284496736f;
        p = (p * t) + 0.254829592f;
        var far = 1f - (p * t * Exp(-(magnitude * magnitude)));
        return x < 0 ? -far : far;
    }

    private static float SinNearZero(float x)
    {
        var z = x * x;
        var p = -1.9515295891e-4f;
        p = (p * z) + 8.3321608736e-3f;
        p = (p * z) - 1.6666654611e-1f;
        return (p * z * x) + x;
    }

    private static float CosNearZero(float x)
    {
        var z = x * x;
        var p = 2.443315711809948e-5f;
        p = (p * z) - 1.388731625493765e-3f;
        p = (p * z) + 4.166664568298827e-2f;
        return (p * z * z) - (0.5f * z) + 1f;
    }
}
