namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Binary planes by lookups against products of the decoded weight in double precision.</summary>
public sealed class PlaneProductTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Signed_sums_of_tables_meet_the_decoded_weight(int planes)
    {
        var (random, checks) = (new Random(planes), 0);
        foreach (var (rows, columns, group) in KernelCases.Shapes)
        {
            var weight = Weight(random, planes, rows, columns, group);
            if (PlaneWeight.Of(weight) is not { } laidOut)
            {
                continue;
            }

            foreach (var width in Enum.GetValues<KernelWidth>())
            {
                var batch = new[] { 1, 2, 5, 17 }[checks++ % 4];
                var (x, bias, y) = (KernelCases.Numbers(random, batch * columns), checks % 2 == 0 ? [] : KernelCases.Numbers(random, rows), new float[batch * rows]);
                PlaneProduct.Multiply(laidOut, x, bias, y, batch, width);
                Compare(weight, x, bias, batch, y);
            }
        }

        Assert.True(checks >= 18);
    }

    [Fact]
    public void The_layer_gives_the_packed_rows_up_and_keeps_the_codes()
    {
        foreach (var (rows, columns, group) in KernelCases.Shapes)
        {
            var random = new Random(rows);
            var weight = Weight(random, 3, rows, columns, group);
            var (bytes, isDense) = (weight.Codes.Bytes.ToArray(), PlaneWeight.Of(weight) is not null);
            var layer = new FoldedQuantizedLinear("layer", weight, []);
            Assert.Equal(isDense, weight.Codes.IsLaidOut);
            Assert.Equal(bytes, layer.Quantized!.Codes.Bytes.ToArray());
            var (x, y) = (KernelCases.Numbers(random, 2 * columns), new float[2 * rows]);
            layer.Forward(x, y, 2);
            Compare(weight, x, [], 2, y);
        }
    }

    [Fact]
    public void A_pass_allocates_nothing()
    {
        var random = new Random(2);
        var layer = new FoldedQuantizedLinear("layer", Weight(random, 3, 600, 512, 64), []);
        var (x, y) = (KernelCases.Numbers(random, 3 * 512), new float[3 * 600]);
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            layer.Forward(x, y, 3);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    /// <summary>8 · 2^-24 of Σ_p scale_p · Σ|x|: signs of planes cancel each other in the weight, not in the rounding errors.</summary>
    private static void Compare(QuantizedWeight weight, float[] x, float[] bias, int batch, float[] y)
    {
        var (rows, columns, decoded) = (weight.Codes.Rows, weight.Codes.Columns, new float[weight.Codes.Columns]);
        var largest = weight.Format.Planes * weight.Scales.ToArray().Max();
        for (var output = 0; output < rows; output++)
        {
            weight.Decode(output, decoded);
            for (var row = 0; row < batch; row++)
            {
                var sum = bias.Length == 0 ? 0.0 : bias[output];
                var magnitude = Math.Abs(sum);
                for (var k = 0; k < columns; k++)
                {
                    sum += (double)decoded[k] * x[(row * columns) + k];
                    magnitude += (double)largest * Math.Abs(x[(row * columns) + k]);
                }

                Assert.InRange(Math.Abs(y[(row * rows) + output] - sum), 0, 8 * MathF.ScaleB(1, -24) * magnitude);
            }
        }
    }

    private static QuantizedWeight Weight(Random random, int planes, int rows, int columns, int group)
    {
        var codes = new byte[rows * columns];
        random.NextBytes(codes);
        var format = new QuantizedFormat("Binary", planes, group, false, EquatableList.Create<float>([]), Planes: planes);
        var scales = Enumerable.Range(0, format.ScaleCount(rows, columns)).Select(_ => 0.01f + random.NextSingle()).ToArray();
        return new QuantizedWeight("layer", format, PackedCodes.Pack("layer", Array.ConvertAll(codes, code => (byte)(code & ((1 << planes) - 1))), rows, columns, planes), scales);
    }
}
