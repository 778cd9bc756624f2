namespace LayerDsl.Tests.Core.Calibration;

/// <summary>Ranges of known distributions.</summary>
public sealed class CalibrationMethodTests
{
    private static readonly ActivationFormat Unsigned8 = new("Uniform", 8, false);
    private static readonly ActivationFormat Signed8 = new("Uniform", 8, true);
    private static readonly ActivationFormat Unsigned4 = new("Uniform", 4, false);

    [Fact]
    public void Min_max_covers_what_was_seen()
    {
        var seen = Seen([-1, 3, 0.5f]);
        var grid = CalibrationMethod.MinMax.Grid("layer", Unsigned8, seen);
        Assert.Equal(4 / 255f, grid.Scale);
        Assert.Equal(64, grid.ZeroPoint); // 1 / (4 / 255) = 63.75
        Assert.Equal(0, seen.ClippedShare(grid));
        Assert.Equal(3 / 127f, CalibrationMethod.MinMax.Grid("layer", Signed8, seen).Scale);
        Assert.Equal(3 / 255f, CalibrationMethod.MinMax.Grid("layer", new ActivationFormat("Lsq", 8, false), seen).Scale);
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(-0.3f)]
    [InlineData(1e-20f)]
    [InlineData(3e38f)]
    public void A_constant_is_represented_exactly(float value)
    {
        var grid = CalibrationMethod.MinMax.Grid("layer", Unsigned8, Seen([value, value]));
        Assert.Equal(value, grid.Decode(grid.Encode(value)), MathF.Abs(value) * 2e-7f);
        Assert.Equal(0, grid.Decode(grid.Encode(0)));
    }

    [Fact]
    public void Zeros_give_a_grid_that_keeps_them()
    {
        foreach (var method in new[] { CalibrationMethod.MinMax, CalibrationMethod.Mse, CalibrationMethod.Percentile(99) })
        {
            var grid = method.Grid("layer", Unsigned8, Seen([0, -0f, 0]));
            Assert.Equal(1, grid.Scale);
            Assert.Equal(0, grid.Decode(grid.Encode(0)));
        }
    }

    [Fact]
    public void Subnormal_inputs_give_the_least_normal_step()
    {
        var grid = CalibrationMethod.MinMax.Grid("layer", Unsigned8, Seen([float.Epsilon, 1e-42f]));
        Assert.Equal(1.1754944e-38f, grid.Scale);
        Assert.Equal(0, grid.Decode(grid.Encode(float.Epsilon)));
    }

    [Fact]
    public void The_widest_range_still_has_a_finite_step()
    {
        var grid = CalibrationMethod.MinMax.Grid("layer", Unsigned8, Seen([float.MinValue, float.MaxValue]));
        Assert.True(float.IsFinite(grid.Scale));
        Assert.InRange(grid.ZeroPoint, 127, 128);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(99)]
    [InlineData(99.9)]
    public void A_percentile_of_a_uniform_distribution_is_where_it_should_be(double percentage)
    {
        var random = new Random(1);
        var seen = Seen([.. Enumerable.Range(0, 200_000).Select(_ => (float)((random.NextDouble() * 4) - 1))]);
        var grid = CalibrationMethod.Percentile(percentage).Grid("layer", Unsigned8, seen);
        var outside = 4 * (1 - (percentage / 100)) / 2;

        // Sampling error of 200 000 values, the width of a bin, and half a step by which the zero point is rounded.
        Assert.Equal(-1 + outside, grid.Lowest, 0.02f + grid.Scale);
        Assert.Equal(3 - outside, grid.Highest, 0.02f + grid.Scale);
        Assert.Equal(1 - (percentage / 100), seen.ClippedShare(grid), 0.006);
        var oneSided = CalibrationMethod.Percentile(percentage).Grid("layer", new ActivationFormat("Pact", 8, false), seen);
        Assert.Equal(3 - (2 * outside), oneSided.Highest, 0.02f + oneSided.Scale);
    }

    [Fact]
    public void The_percentile_of_magnitudes_ignores_signs()
    {
        var seen = Seen([.. Enumerable.Range(1, 1000).Select(k => k % 2 == 0 ? (float)k : -k)]);
        Assert.Equal(900, CalibrationMethod.Percentile(90).Grid("layer", Signed8, seen).Highest, 2f);
    }

    [Fact]
    public void Least_squares_clips_outliers_and_beats_min_max()
    {
        var random = new Random(2);
        float[] values = [.. Enumerable.Range(0, 100_000).Select(_ => (float)Normal(random)), 80, -60, 100];
        var seen = Seen(values);
        foreach (var format in new[] { Unsigned4, Unsigned8, Signed8, new ActivationFormat("Lsq", 4, true) })
        {
            var (wide, fitted) = (CalibrationMethod.MinMax.Grid("layer", format, seen), CalibrationMethod.Mse.Grid("layer", format, seen));
            Assert.True(seen.SquaredError(fitted) < seen.SquaredError(wide));
            Assert.True(Plain(values, fitted) < Plain(values, wide), "the histogram is wrong");
        }

        // Without outliers: the best symmetric 4-bit range of a normal distribution is 2.64 σ (16 levels, Lloyd 1982), for 15 levels a little less.
        var normal = CalibrationMethod.Mse.Grid("layer", new ActivationFormat("Uniform", 4, true), Seen(values[..^3]));
        Assert.InRange(normal.Highest, 2.2f, 2.8f);
    }

    [Fact]
    public void Least_squares_of_a_uniform_distribution_is_close_to_min_max()
    {
        var seen = Seen([.. Enumerable.Range(0, 10_001).Select(k => k / 10_000f)]);
        var grid = CalibrationMethod.Mse.Grid("layer", Unsigned8, seen);
        Assert.InRange(grid.Highest, 0.98f, 1f);
    }

    [Fact]
    public void The_histogram_has_the_errors_of_the_values()
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (float)Normal(random))];
        var grid = new ActivationGrid("layer", Unsigned8, 0.02f, 120);
        Assert.Equal(1, Seen(values).SquaredError(grid) / Plain(values, grid), 0.01);
    }

    [Fact]
    public void The_order_of_a_stream_plays_no_role()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(k => MathF.Pow(1.02f, k - 500) * (k % 3 == 0 ? -1 : 1))];
        var (up, down) = (Seen(values), Seen([.. values.Reverse()]));
        foreach (var method in new[] { CalibrationMethod.MinMax, CalibrationMethod.Mse, CalibrationMethod.Percentile(95) })
        {
            Assert.Equal(method.Grid("layer", Unsigned8, up), method.Grid("layer", Unsigned8, down));
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100.1)]
    [InlineData(double.NaN)]
    public void A_percentile_out_of_range_is_refused(double percentage) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationMethod.Percentile(percentage));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 0)]
    [InlineData(1, -1)]
    [InlineData(1, 256)]
    public void A_grid_out_of_range_is_refused(float scale, int zero) =>
        Assert.Throws<LayerShapeException>(() => new ActivationGrid("layer", Unsigned8, scale, zero));

    private static double Plain(float[] values, ActivationGrid grid) => values.Sum(x => Math.Pow(x - (double)grid.Decode(grid.Encode(x)), 2));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static ActivationHistogram Seen(float[] values)
    {
        var seen = new ActivationHistogram();
        foreach (var part in values.Chunk(1000))
        {
            seen.Add("layer", part);
        }

        return seen;
    }
}
