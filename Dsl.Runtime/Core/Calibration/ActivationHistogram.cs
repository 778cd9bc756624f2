namespace LayerDsl;

/// <summary>
/// How often values were seen, in bins of equal width about zero; the least and the largest exactly. Where a value lies outside, the range doubles and
/// bins are joined in pairs: a stream of any length takes the same memory, and its order plays no role beyond the width of the bins.
/// </summary>
internal sealed class ActivationHistogram
{
    /// <summary>On each side of zero. After the last doubling at least half of them are in use: 32 to a step of 8 bits.</summary>
    private const int Half = 8192;

    private readonly long[] counts = new long[2 * Half];

    /// <summary>Half the range, a power of two; 0 while all values were 0.</summary>
    private double range;
    private long zeros;

    /// <summary>The least value; 0 before the first.</summary>
    public double Lowest { get; private set; }

    /// <summary>The largest value; 0 before the first.</summary>
    public double Highest { get; private set; }

    /// <summary>How many values were seen.</summary>
    public long Count { get; private set; }

    private double Width => range / Half;

    /// <summary>Adds values.</summary>
    /// <exception cref="NonFiniteActivationException">A value is NaN or infinite; what was added before stays.</exception>
    public void Add(string layer, ReadOnlySpan<float> values)
    {
        for (var k = 0; k < values.Length; k++)
        {
            if (!float.IsFinite(values[k]))
            {
                throw new NonFiniteActivationException(layer, k, values[k]);
            }
        }

        foreach (var value in values)
        {
            Add(value);
        }
    }

    /// <summary>The value below which a share of all values lies; within the width of a bin.</summary>
    public double Quantile(double share) => Math.Clamp(Find(Bins(), share), Lowest, Highest);

    /// <summary>The magnitude below which a share of all magnitudes lies.</summary>
    public double Magnitude(double share) => Math.Min(
        Find(Enumerable.Range(0, Half).Select(k => ((k + 1) * Width, counts[Half + k] + counts[Half - 1 - k])).Prepend((0.0, zeros)), share),
        Math.Max(-Lowest, Highest));

    /// <summary>Σ (x - x̂)² on a grid, every value taken as the middle of its bin.</summary>
    public double SquaredError(ActivationGrid grid)
    {
        var sum = 0.0;
        for (var k = 0; k < counts.Length; k++)
        {
            if (counts[k] > 0)
            {
                var x = Middle(k);
                var code = Math.Clamp(Math.Round(x / grid.Scale) + grid.ZeroPoint, grid.Format.Lowest, grid.Format.Highest);
                var error = x - (grid.Scale * (code - grid.ZeroPoint));
                sum += counts[k] * error * error;
            }
        }

        return sum;
    }

    /// <summary>The share of values that lie outside of a grid by more than half a step: they are clipped, the others rounded.</summary>
    public double ClippedShare(ActivationGrid grid)
    {
        var (low, high) = (grid.Lowest - (grid.Scale / 2.0), grid.Highest + (grid.Scale / 2.0));
        var outside = Enumerable.Range(0, counts.Length).Where(k => Middle(k) < low || Middle(k) > high).Sum(k => counts[k]);
        return Count == 0 ? 0 : outside / (double)Count;
    }

    private void Add(float value)
    {
        (Lowest, Highest) = Count == 0 ? (value, value) : (Math.Min(Lowest, value), Math.Max(Highest, value));
        Count++;
        if (value == 0)
        {
            zeros++;
            return;
        }

        var magnitude = Math.Abs((double)value);
        if (range == 0)
        {
            range = Math.Pow(2, Math.Floor(Math.Log2(magnitude)) + 1);
        }

        while (magnitude >= range)
        {
            Double();
        }

        counts[Half + (int)Math.Floor(value / Width)]++;
    }

    /// <summary>Bins join in pairs away from zero, which stays between two bins.</summary>
    private void Double()
    {
        for (var k = 0; k < Half; k++)
        {
            var joined = k < Half / 2;
            var (above, below) = joined ? (counts[Half + (2 * k)] + counts[Half + (2 * k) + 1], counts[Half - 1 - (2 * k)] + counts[Half - 2 - (2 * k)]) : (0, 0);
            (counts[Half + k], counts[Half - 1 - k]) = (above, below);
        }

        range *= 2;
    }

    /// <summary>The middle of a bin, within what was seen.</summary>
    private double Middle(int bin) => Math.Clamp((bin - Half + 0.5) * Width, Lowest, Highest);

    /// <summary>The upper end of every bin and its count, ascending; zeros lie between both sides.</summary>
    private IEnumerable<(double End, long Count)> Bins() => Enumerable.Range(0, Half).Select(k => ((k + 1 - Half) * Width, counts[k]))
        .Append((0, zeros))
        .Concat(Enumerable.Range(Half, Half).Select(k => ((k + 1 - Half) * Width, counts[k])));

    private double Find(IEnumerable<(double End, long Count)> bins, double share)
    {
        var (wanted, seen, end) = (share * Count, 0L, 0.0);
        foreach (var bin in bins)
        {
            seen += bin.Count;
            end = bin.Count > 0 ? bin.End : end;
            if (seen >= wanted)
            {
                break;
            }
        }

        return end;
    }
}
