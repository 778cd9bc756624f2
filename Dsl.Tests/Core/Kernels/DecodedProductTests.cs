namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Weights that no tile holds: decoded row by row, against products in double precision.</summary>
public sealed class DecodedProductTests
{
    [Theory]
    [InlineData("levels", 7, 0)]
    [InlineData("levels", 8, 64)]
    [InlineData("zero points", 5, 5)]
    [InlineData("symmetric", 3, 3)]
    [InlineData("symmetric", 6, 7)]
    public void Rows_meet_the_levels_of_their_codes(string kind, int bits, int group)
    {
        var random = new Random(bits);
        foreach (var (rows, columns) in new[] { (1, 1), (3, 17), (65, 130), (200, 331) })
        {
            var weight = KernelCases.Weight(random, kind, bits, rows, columns, group);
            if (kind != "levels" && TiledWeight.Of(weight) is not null)
            {
                continue;
            }

            Assert.Null(TiledWeight.Of(weight));
            foreach (var batch in new[] { 1, 2, 9 })
            {
                var (x, bias, y) = (KernelCases.Numbers(random, batch * columns), batch == 2 ? [] : KernelCases.Numbers(random, rows), new float[batch * rows]);
                new FoldedQuantizedLinear("layer", weight, bias).Forward(x, y, batch);
                Widths.CloseToProduct(Weights(weight), bias, x, y, columns, rows);
            }
        }
    }

    [Fact]
    public void A_pass_allocates_nothing()
    {
        var random = new Random(2);
        var layer = new FoldedQuantizedLinear("layer", KernelCases.Weight(random, "levels", 8, 300, 512, 64), []);
        var (x, y) = (KernelCases.Numbers(random, 3 * 512), new float[3 * 300]);
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            layer.Forward(x, y, 3);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    /// <summary>scale · (level - zero) for each code, one by one.</summary>
    private static float[] Weights(QuantizedWeight weight)
    {
        var (rows, columns, format) = (weight.Codes.Rows, weight.Codes.Columns, weight.Format);
        var (weights, codes) = (new float[rows * columns], new byte[columns]);
        for (var k = 0; k < weights.Length; k++)
        {
            var (row, column) = Math.DivRem(k, columns);
            weight.Codes.Read(row, codes);
            var index = format.GroupSize == 0 ? 0 : (row * ((columns + format.GroupSize - 1) / format.GroupSize)) + (column / format.GroupSize);
            weights[k] = weight.Scales[index] * (format.Levels[codes[column]] - (weight.Zeros.IsEmpty ? 0 : weight.Zeros[index]));
        }

        return weights;
    }
}
