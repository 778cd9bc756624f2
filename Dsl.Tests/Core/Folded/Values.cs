namespace LayerDsl.Tests.Core.Folded;

/// <summary>Test inputs.</summary>
internal static class Values
{
    public static float[] Uniform(Random random, int count, float scale = 1f)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = ((random.NextSingle() * 2f) - 1f) * scale;
        }

        return values;
    }

    public static void Close(double expected, double actual, double tolerance, string where) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{where}: expected {expected:R}, found {actual:R}, tolerance {tolerance:R}");
}
