using LayerDsl.Examples;

namespace LayerDsl.Tests.Examples;

public sealed class ExampleOptionsTests
{
    [Fact]
    public void Options_are_read_in_any_order()
    {
        Assert.Equal(new ExampleOptions(null, Smoke: false), ExampleOptions.Parse([], out _));
        Assert.Equal(new ExampleOptions(3, Smoke: true), ExampleOptions.Parse(["--smoke", "--epochs", "3"], out _));
        Assert.Equal(new ExampleOptions(3, Smoke: true), ExampleOptions.Parse(["--epochs", "3", "--smoke"], out _));
    }

    [Theory]
    [InlineData("--epochs")]
    [InlineData("--epochs|0")]
    [InlineData("--epochs|10001")]
    [InlineData("--epochs|-1")]
    [InlineData("--epochs|many")]
    [InlineData("--fast")]
    public void A_wrong_option_is_answered_with_the_right_ones(string arguments)
    {
        Assert.Null(ExampleOptions.Parse(arguments.Split('|'), out var error));
        Assert.Contains($"'{arguments.Split('|')[^1]}'", error!.Replace("not 'nothing'", "'--epochs'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(ExampleOptions.Usage, error, StringComparison.Ordinal);
    }
}
