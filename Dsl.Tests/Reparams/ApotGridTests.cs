using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Tests.Reparams;

public sealed class ApotGridTests
{
    /// <summary>The sets of the paper's method, to the digits in which they are usually printed.</summary>
    [Theory]
    [InlineData(1, new double[] { 0, 1 })]
    [InlineData(2, new double[] { 0, .25, .5, 1 })]
    [InlineData(3, new double[] { 0, .1, .2, .3, .4, .6, .8, 1 })]
    [InlineData(4, new double[] { 0, .0208, .0417, .0625, .0833, .125, .1667, .1875, .25, .3333, .375, .5, .6667, .6875, .75, 1 })]
    public void The_magnitudes_are_those_of_the_method(int bits, double[] expected) =>
        Assert.All(expected.Zip(ApotGrid.Magnitudes(bits).Levels, (left, right) => (left, right.ToDouble())), pair => Assert.Equal(pair.left, pair.Item2, 5e-5));

    [Theory]
    [InlineData(5, 32)]
    [InlineData(6, 64)]
    [InlineData(7, 128)]
    public void No_two_sums_are_equal(int bits, int count)
    {
        var levels = ApotGrid.Magnitudes(bits).Levels;
        Assert.Equal(count, levels.Count);
        Assert.Equal(count, levels.Distinct().Count());
        Assert.True(levels[0].IsZero);
        Assert.True(levels[count - 1].IsOne);
    }

    /// <summary>Each is a sum of at most ⌈bits/2⌉ powers of two, times one number for all: multiplying takes that many shifts.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    public void Every_magnitude_takes_few_shifts(int bits)
    {
        var levels = ApotGrid.Magnitudes(bits).Levels;
        var unit = levels[1]; // The least power of two, by the same normalization.
        Assert.All(levels, level =>
        {
            var multiple = level / unit;
            Assert.True(multiple.IsInteger);
            Assert.InRange(System.Numerics.BitOperations.PopCount((ulong)multiple.Numerator), 0, (bits + 1) / 2);
        });
    }
}
