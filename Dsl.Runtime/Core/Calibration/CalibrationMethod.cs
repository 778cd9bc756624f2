using System.Globalization;

namespace LayerDsl;

/// <summary>How the range of a grid is found from the values that a layer was given.</summary>
public abstract record CalibrationMethod
{
    private const int Candidates = 100;
    private const int Rounds = 2;

    private CalibrationMethod()
    {
    }

    /// <summary>From the least to the largest value: nothing is clipped.</summary>
    public static CalibrationMethod MinMax { get; } = new MinMaxRange();

    /// <summary>The range with the least mean squared rounding error, clipping included, of 100 candidates for each end.</summary>
    public static CalibrationMethod Mse { get; } = new LeastSquares();

    /// <summary>The range that holds a share of the values; what lies outside is cut off evenly at both ends, or at the one end that the codes have.</summary>
    /// <param name="percentage">Above 50 and at most 100; 99.99 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public static CalibrationMethod Percentile(double percentage) => percentage is > 50 and <= 100
        ? new Share(percentage)
        : throw new ArgumentOutOfRangeException(nameof(percentage), percentage, "A percentile must lie above 50 and be at most 100.");

    /// <summary>The grid for what a histogram holds.</summary>
    internal abstract ActivationGrid Grid(string layer, ActivationFormat format, ActivationHistogram seen);

    private sealed record MinMaxRange : CalibrationMethod
    {
        public override string ToString() => "min-max";

        internal override ActivationGrid Grid(string layer, ActivationFormat format, ActivationHistogram seen) =>
            CalibrationRange.Grid(layer, format, seen.Lowest, seen.Highest);
    }

    private sealed record Share(double Percentage) : CalibrationMethod
    {
        public override string ToString() => Percentage.ToString(CultureInfo.InvariantCulture) + " %";

        internal override ActivationGrid Grid(string layer, ActivationFormat format, ActivationHistogram seen)
        {
            var outside = 1 - (Percentage / 100);
            return format.Signed ? Symmetric(seen.Magnitude(1 - outside))
                : CalibrationRange.HasZeroPoint(format) ? CalibrationRange.Grid(layer, format, seen.Quantile(outside / 2), seen.Quantile(1 - (outside / 2)))
                : CalibrationRange.Grid(layer, format, 0, seen.Quantile(1 - outside));

            ActivationGrid Symmetric(double magnitude) => CalibrationRange.Grid(layer, format, -magnitude, magnitude);
        }
    }

    private sealed record LeastSquares : CalibrationMethod
    {
        public override string ToString() => "least squares";

        internal override ActivationGrid Grid(string layer, ActivationFormat format, ActivationHistogram seen)
        {
            var (low, high) = format.Signed ? (-Math.Max(-seen.Lowest, seen.Highest), Math.Max(-seen.Lowest, seen.Highest)) : (Math.Min(seen.Lowest, 0), Math.Max(seen.Highest, 0));
            var (end, start) = (high, low);
            var best = Scored(start, end);
            foreach (var _ in Enumerable.Range(0, Rounds))
            {
                best = Better(best, k => format.Signed ? (-high * k, high * k) : (start, high * k), ref start, ref end);
                best = Better(best, k => format.Signed ? (start, end) : (low * k, end), ref start, ref end);
            }

            return best.Grid;

            (ActivationGrid Grid, double Error) Scored(double from, double to) => CalibrationRange.Grid(layer, format, from, to) is var grid ? (grid, seen.SquaredError(grid)) : default;

            (ActivationGrid Grid, double Error) Better((ActivationGrid Grid, double Error) sofar, Func<double, (double From, double To)> range, ref double from, ref double to)
            {
                for (var k = 1; k <= Candidates; k++)
                {
                    var candidate = range(k / (double)Candidates);
                    if (Scored(candidate.From, candidate.To) is var scored && scored.Error < sofar.Error)
                    {
                        (sofar, from, to) = (scored, candidate.From, candidate.To);
                    }
                }

                return sofar;
            }
        }
    }
}
