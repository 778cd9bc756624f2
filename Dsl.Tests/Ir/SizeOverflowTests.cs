using LayerDsl.Generator.Ir;

namespace LayerDsl.Tests.Ir;

/// <summary>Sizes that no number of 64 bits holds are an exception of their own, never a smaller size.</summary>
public class SizeOverflowTests
{
    private static readonly Size Large = Size.Of(long.MaxValue / 2);

    [Fact]
    public void Products_sums_and_values_do_not_wrap_around()
    {
        Assert.Throws<OverflowException>(() => Large * Size.Of(3));
        Assert.Throws<OverflowException>(() => Large + Large + Large);
        Assert.Throws<OverflowException>(() => (Size.Symbol("n") * Size.Symbol("n") * Size.Symbol("n")).Evaluate(_ => 1L << 30));
        Assert.Equal(1L << 60, (Size.Symbol("n") * Size.Symbol("n")).Evaluate(_ => 1L << 30));
    }
}
