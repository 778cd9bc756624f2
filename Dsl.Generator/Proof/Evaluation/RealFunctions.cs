namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Real functions that the framework lacks.</summary>
internal static class RealFunctions
{
    /// <summary>Below that, x¹¹/11 is less than half a unit in the last place of x.</summary>
    private const double SmallArtanh = 1.0 / 64;

    /// <summary>The sign; NaN has none, and stays.</summary>
    public static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x;

    /// <summary>ln((1 + x) / (1 - x)) / 2; near 0, where that has few digits, x + x³/3 + x⁵/5 + …</summary>
    public static double Artanh(double x)
    {
        if (Math.Abs(x) >= SmallArtanh)
        {
            return Math.Log((1 + x) / (1 - x)) / 2;
        }

        var square = x * x;
        return x * (1 + (square * ((1.0 / 3) + (square * ((1.0 / 5) + (square * ((1.0 / 7) + (square / 9))))))));
    }

    /// <summary>
    /// erf(x) = 2/√π · e^(-x²) · Σ_n 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)), whose terms all have one sign; from 6 on it is 1 to double
    /// precision.
    /// </summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) >= 6)
        {
            return Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
