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
}
