namespace LayerDsl.Tests.Core;

/// <summary>What generated constructors say of sizes that do not fit.</summary>
public sealed class LayerSizesTests
{
    [Theory]
    [InlineData("width", "16 * channels", "'Head': width is 47, but must be 48, the size '16 * channels' that forward passes to it.")]
    [InlineData("47", "width", "'Head': the size that it takes is 47, but must be 48, the size 'width' that forward passes to it.")]
    [InlineData("width", "48", "'Head': width is 47, but must be 48, the size that forward passes to it.")]
    public void Sizes_that_meet_are_named_unless_they_are_numbers(string size, string other, string message) =>
        Assert.StartsWith(message[..^1], Assert.Throws<LayerSizeException>(() => LayerSizes.Agree("Head", size, 47, other, 48)).Message, StringComparison.Ordinal);

    [Fact]
    public void Products_that_64_bits_do_not_hold_are_told_exactly()
    {
        var product = LayerSizes.Exact(int.MaxValue) * int.MaxValue * int.MaxValue;
        var refusal = Assert.Throws<LayerSizeException>(() => LayerSizes.Agree("Head", "features", 47, "a * b * c", product));
        Assert.Equal("'Head': features is 47, but must be 9903520300447984150353281023, the size 'a * b * c' that forward passes to it.", refusal.Message);
        refusal = Assert.Throws<LayerSizeException>(() => LayerSizes.Agree("Head", "a * b * c", product, "features", 47));
        Assert.Equal(long.MaxValue, refusal.Actual);
        LayerSizes.Agree("Head", "a * b * c", product, "c * b * a", product);

        Assert.Equal("'M': 5 * dim is 9903520300447984150353281023, but must be at most 2147483647.", Assert.Throws<LayerSizeException>(() => LayerSizes.Total("M", "5 * dim", product)).Message);
        Assert.Equal(int.MaxValue, LayerSizes.Total("M", "n", int.MaxValue));
        Assert.Equal("at most 9223372036854775807", Assert.Throws<LayerSizeException>(() => LayerSizes.Count("M", "the number of FLOPs", product)).Required);
        Assert.Equal(long.MaxValue, LayerSizes.Count("M", "the number of FLOPs", long.MaxValue));
        Assert.Equal(long.MaxValue, LayerSizes.SparseBytes(long.MaxValue, long.MaxValue, long.MaxValue));
        Assert.Equal(3 * 6 + 4 * 5, LayerSizes.SparseBytes(3, 4, 10));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(long.MinValue, long.MinValue)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(1L << 32, 1L << 32)] // 2⁶⁴ is 0 in 64 bits
    [InlineData(46341, 46341)]
    public void A_weight_that_no_array_holds_is_refused(long rows, long columns) => Assert.Equal("M", Assert.Throws<LayerSizeException>(() => LayerSizes.Fits("M", rows, columns)).Layer);

    [Fact]
    public void Nothing_is_divided_by_zero()
    {
        LayerSizes.Fits("M", 46340, 46341);
        Assert.Equal("a multiple of 0, the number of heads", Assert.Throws<LayerSizeException>(() => LayerSizes.IsMultiple("M", "width", 8, 0, "the number of heads")).Required);
        Assert.Equal(0, Assert.Throws<LayerSizeException>(() => LayerSizes.Divides("M", "heads", 0, 8, "the values per token")).Actual);
    }
}
