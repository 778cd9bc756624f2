namespace LayerDsl.Tests.Core.Quantization;

public class QuantizedWeightTests
{
    private static readonly QuantizedFormat Grouped = new("Uniform", Bits: 2, GroupSize: 2, HasZeroPoints: true, Levels: QuantizedFormat.Steps(0, 4));

    [Fact]
    public void A_weight_is_its_scale_times_level_minus_zero_point()
    {
        var weight = new QuantizedWeight("layer", Grouped, PackedCodes.Pack("layer", [0, 1, 2, 3, 3, 2, 1, 0], 2, 4, 2), [1, 2, 0.5f, 0], [1, 0, 2, 3]);
        var row = new float[4];
        weight.Decode(0, row);
        Assert.Equal([-1, 0, 4, 6], row);
        weight.Decode(1, row);
        Assert.Equal([0.5f, 0, 0, 0], row);
        Assert.Equal(2 + (8 * 4), weight.ByteCount);
    }

    [Fact]
    public void A_short_last_group_has_a_scale_of_its_own()
    {
        var format = Grouped with { HasZeroPoints = false };
        var weight = new QuantizedWeight("layer", format, PackedCodes.Pack("layer", [1, 1, 1], 1, 3, 2), [2, 3]);
        var row = new float[3];
        weight.Decode(0, row);
        Assert.Equal([2, 2, 3], row);
    }

    /// <summary>A normalization with a negative factor, merged into the scales, turns a row around.</summary>
    [Fact]
    public void A_scale_may_be_negative()
    {
        var weight = new QuantizedWeight("layer", Grouped, PackedCodes.Pack("layer", [0, 1, 2, 3], 1, 4, 2), [-1, 2], [1, 0]);
        var row = new float[4];
        weight.Decode(0, row);
        Assert.Equal([1, 0, 4, 6], row);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        var codes = PackedCodes.Pack("layer", [0, 1, 2, 3], 1, 4, 2);
        Assert.Throws<LayerShapeException>(() => new QuantizedWeight("layer", Grouped, codes, [1], [0]));
        Assert.Throws<LayerShapeException>(() => new QuantizedWeight("layer", Grouped, codes, [1, 1], [0]));
        Assert.Throws<NonFiniteWeightException>(() => new QuantizedWeight("layer", Grouped, codes, [1, float.NaN], [0, 0]));
        Assert.Throws<NonFiniteWeightException>(() => new QuantizedWeight("layer", Grouped, codes, [1, 1], [0, float.PositiveInfinity]));
        Assert.Throws<LayerShapeException>(() => new QuantizedWeight("layer", Grouped with { Bits = 3 }, codes, [1, 1], [0, 0]));
        Assert.Throws<LayerShapeException>(() => new QuantizedWeight("layer", Grouped with { Levels = QuantizedFormat.Steps(0, 5) }, codes, [1, 1], [0, 0]));
        Assert.Throws<LayerShapeException>(() => new QuantizedWeight("layer", Grouped with { Rank = 1 }, codes, [1, 1], [0, 0]));
        Assert.Throws<LayerShapeException>(() => new QuantizedWeight("layer", Grouped with { GroupSize = -1 }, codes, [1, 1], [0, 0]));
    }

    [Fact]
    public void A_low_rank_term_is_added_to_the_product()
    {
        var format = Grouped with { HasZeroPoints = false, Rank = 1, BranchScale = 2 };
        var weight = new QuantizedWeight("layer", format, PackedCodes.Pack("layer", [1, 0, 0, 1], 2, 2, 2), [1, 1], down: [1, 2], up: [3, 4]);
        var y = new float[4];
        new FoldedQuantizedLinear("layer", weight, [10, 20]).Forward([1, 1, 0, 1], y, 2);
        Assert.Equal([1 + 10 + (2 * 3 * 3), 1 + 20 + (2 * 4 * 3), 0 + 10 + (2 * 3 * 2), 1 + 20 + (2 * 4 * 2)], y);
    }
}
