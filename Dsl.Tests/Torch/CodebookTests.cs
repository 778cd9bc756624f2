using CsCheck;
using LayerDsl.Autograd;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Lookups of levels against a search through the list.</summary>
public sealed class CodebookTests
{
    private static readonly double[] E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6];

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void The_nearest_level_is_that_of_a_search_through_the_list(ScalarType type) =>
        Gen.Select(Gen.Int[-64, 64].Array[1, 20], Gen.Int[-100, 100].Array[1, 30]).Sample((drawn, values) =>
        {
            // Multiples of 1/8 and of 1/16: midpoints are met exactly.
            double[] levels = [.. drawn.Distinct().Order().Select(k => k / 8.0)];
            var x = tensor([.. values.Select(k => k / 16.0)], type);
            foreach (var rule in Enum.GetValues<TieRule>())
            {
                var codebook = new Codebook(levels, rule);
                var numbers = codebook.Nearest(x);
                Assert.Equal(type, numbers.dtype);
                Assert.Equal(values.Select(k => (double)Search(levels, k / 16.0, rule)), Numbers(numbers));
                Assert.Equal(values.Select(k => levels[Search(levels, k / 16.0, rule)]), Numbers(codebook.At(numbers)));
            }
        });

    [Fact]
    public void Ties_go_down_or_to_even_numbers_and_values_beyond_to_the_ends()
    {
        var x = tensor([-1.0, -0.0, 0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5, 100, double.PositiveInfinity]);
        Assert.Equal([0, 0, 0, 2, 2, 4, 4, 6, 6, 7, 7], Numbers(new Codebook(E2M1, TieRule.Even).Nearest(x)));
        Assert.Equal([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7], Numbers(new Codebook(E2M1, TieRule.Lower).Nearest(x)));
    }

    [Fact]
    public void Numbers_beyond_the_ends_have_the_levels_of_the_ends_and_fractions_those_below()
    {
        var levels = new Codebook(E2M1, TieRule.Even).At(tensor([-3.0, 0, 2.9, 7, 8, 1e9]).reshape(2, 3));
        Assert.Equal([2L, 3L], levels.shape);
        Assert.Equal([0, 0, 1, 6, 6, 6], Numbers(levels));
    }

    [Fact]
    public void Levels_that_do_not_ascend_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Codebook([], TieRule.Lower));
        Assert.Throws<ArgumentException>(() => new Codebook([0, 1, 1], TieRule.Lower));
        Assert.Throws<ArgumentException>(() => new Codebook([0, double.NaN], TieRule.Lower));
    }

    private static int Search(double[] levels, double x, TieRule rule)
    {
        var least = levels.Min(level => Math.Abs(level - x));
        int[] nearest = [.. Enumerable.Range(0, levels.Length).Where(k => Math.Abs(levels[k] - x) == least)];
        return rule == TieRule.Lower ? nearest[0] : nearest.FirstOrDefault(k => k % 2 == 0, nearest[0]);
    }

    private static double[] Numbers(Tensor tensor) => tensor.to_type(float64).reshape(-1).data<double>().ToArray();
}
