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

            foreach (var width in Widths.Tested)
            {
                var batch = new[] { 1, 2, 5, 17 }[checks++ % 4];
                var (x, bias, y) = (KernelCases.Numbers(random, batch * columns), checks % 2 == 0 ? [] : KernelCases.Numbers(random, rows), new float[batch * rows]);
                PlaneProduct.Multiply(laidOut, x, bias, y, batch, width);
                Compare(weight, x, bias, batch, y);
            }
        }

        Assert.True(checks >= 6 * Widths.Tested.Count);
    }

    /// <summary>More than one run of tables, the last a short one.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1100)]
    public void Long_rows_are_summed_run_by_run(int group)
    {
        var random = new Random(group);
        var weight = Weight(random, 2, 30, 2300, group);
        var (x, y) = (KernelCases.Numbers(random, 2 * 2300), new float[2 * 30]);
        foreach (var width in Widths.Tested)
        {
            PlaneProduct.Multiply(PlaneWeight.Of(weight)!, x, [], y, 2, width);
            Compare(weight, x, [], 2, y);
        }
    }

    /// <summary>Whole numbers below 2^24 come out as they are: sums of signed steps are exact, for entries of one and of two bytes.</summary>
    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(1, true, 0)]
    [InlineData(4, false, 15)]
    [InlineData(5, false, 0)]
    [InlineData(8, false, 128)]
    [InlineData(8, false, 0)]
    [InlineData(8, true, -128)]
    public void Inputs_in_codes_are_summed_exactly(int bits, bool isSigned, int zeroPoint)
    {
        var (random, grid) = (new Random(bits), new ActivationGrid("layer", new ActivationFormat("Uniform", bits, isSigned), 1, zeroPoint));
        foreach (var (rows, columns, group) in KernelCases.Shapes.Append((17, 2100, 0)).Append((16, 1024, 1024)))
        {
            var made = Weight(random, 3, rows, columns, group);
            var weight = new QuantizedWeight("layer", made.Format, made.Codes, made.Scales.ToArray().Select((_, k) => (float)(1 << (k % 3))).ToArray());
            if (PlaneWeight.Of(weight) is not { } laidOut)
            {
                continue;
            }

            var (batch, decoded) = (2, new float[columns]);
            var steps = Enumerable.Range(0, batch * columns).Select(_ => (short)(random.Next(grid.Format.Lowest, grid.Format.Highest + 1) - zeroPoint)).ToArray();
            Array.Fill(steps, (short)(grid.Format.Highest - zeroPoint), columns, columns);
            foreach (var width in Widths.Tested)
            {
                var y = new float[batch * rows];
                PlaneProduct.MultiplySteps(laidOut, grid, steps, [], y, batch, width);
                for (var k = 0; k < y.Length; k++)
                {
                    var (row, output) = (k / rows, k % rows);
                    weight.Decode(output, decoded);
                    Assert.Equal(decoded.Select((value, column) => (long)value * steps[(row * columns) + column]).Sum(), (long)y[k]);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void A_layer_that_rounds_its_inputs_adds_up_what_their_codes_stand_for(int bits)
    {
        var random = new Random(bits);
        var (weight, grid) = (Weight(random, 3, 40, 200, 100), new ActivationGrid("layer", new ActivationFormat("Uniform", bits, false), 0.013f, bits == 1 ? 0 : 77));
        var (x, y) = (KernelCases.Numbers(random, 3 * 200), new float[3 * 40]);
        var bias = KernelCases.Numbers(random, 40);
        new FoldedQuantizedLinear("layer", weight, bias) { Activation = grid }.Forward(x, y, 3);
        Compare(weight, Array.ConvertAll(x, value => grid.Decode(grid.Encode(value))), bias, 3, y);
    }

    /// <summary>Inputs far from 1, of sizes far from each other, and those that cannot be counted in steps.</summary>
    [Theory]
    [InlineData(1e-20f, 1)]
    [InlineData(1e-36f, 1)]
    [InlineData(1e30f, 1)]
    [InlineData(1, 1e-9f)]
    [InlineData(0, 0)]
    public void Inputs_of_any_size_keep_the_bound(float size, float others)
    {
        var random = new Random(9);
        var weight = Weight(random, 3, 16, 96, 0);
        var x = KernelCases.Numbers(random, 96).Select((value, k) => value * size * (k == 7 ? 1 : others)).ToArray();
        foreach (var width in Widths.Tested)
        {
            var y = new float[16];
            PlaneProduct.Multiply(PlaneWeight.Of(weight)!, x, [], y, 1, width);
            Compare(weight, x, [], 1, y);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_reaches_its_own_row_only(float value)
    {
        var random = new Random(10);
        var weight = Weight(random, 2, 30, 64, 0);
        var (x, y) = (KernelCases.Numbers(random, 2 * 64), new float[2 * 30]);
        x[64 + 5] = value;
        foreach (var width in Widths.Tested)
        {
            PlaneProduct.Multiply(PlaneWeight.Of(weight)!, x, [], y, 2, width);
            Compare(weight, x[..64], [], 1, y[..30]);
            Assert.All(y[30..], result => Assert.False(float.IsFinite(result)));
        }
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
        var largest = weight.Format.Planes * weight.Scales.ToArray().Max(MathF.Abs);
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
        var scales = Enumerable.Range(0, format.ScaleCount(rows, columns)).Select(_ => (0.01f + random.NextSingle()) * (random.Next(4) == 0 ? -1 : 1)).ToArray();
        return new QuantizedWeight("layer", format, PackedCodes.Pack("layer", Array.ConvertAll(codes, code => (byte)(code & ((1 << planes) - 1))), rows, columns, planes), scales);
    }
}
