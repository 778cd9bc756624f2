namespace LayerDsl;

/// <summary>The grid that covers a range. A range always holds 0, so that 0 stays 0.</summary>
internal static class CalibrationRange
{
    /// <summary>The least normal float32: a smaller step would lose its digits.</summary>
    private const double LeastScale = 1.1754943508222875e-38;

    /// <summary>Whether the code of 0 is free: then a range may lie anywhere.</summary>
    public static bool HasZeroPoint(ActivationFormat format) => format.Scheme == "Uniform" && !format.Signed;

    /// <summary>The grid from a least to a largest value; signed codes cover the larger of both on either side, unsigned ones without a zero point start at 0.</summary>
    public static ActivationGrid Grid(string layer, ActivationFormat format, double low, double high)
    {
        (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        var width = format.Signed ? Math.Max(-low, high) : HasZeroPoint(format) ? high - low : high;
        var steps = format.Signed ? format.Highest : format.Span;

        // Of zeros only, any step represents them all.
        var scale = width == 0 ? 1 : (float)Math.Max(width / steps, LeastScale);
        var zero = HasZeroPoint(format) ? (int)Math.Clamp(Math.Round(-low / scale), format.Lowest, format.Highest) : 0;
        return new ActivationGrid(layer, format, scale, zero);
    }
}
