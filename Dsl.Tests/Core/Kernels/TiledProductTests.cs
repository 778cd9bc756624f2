namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Kernels of each width against products of the decoded weight in double precision.</summary>
public sealed class TiledProductTests
{
    private static readonly int[] Batches = [1, 2, 3, 4, 5, 17, 70];

    public static TheoryData<string, int> Formats => KernelCases.Formats;

    /// <summary>
    /// 8 · 2^-24 of the sum of magnitudes, for sums of up to 1000 terms whose rounding errors mostly cancel: four times what 10 000 random cases had; a wrong weight, input or scale is off by
    /// thousands of times as much.
    /// </summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Inputs_of_32_bits_meet_the_decoded_weight(string kind, int bits)
    {
        foreach (var (width, weight, tiled, batch, x, bias, random) in Cases(kind, bits))
        {
            // Neither inputs nor results start where a vector would.
            var (rows, columns, shift) = (weight.Codes.Rows, weight.Codes.Columns, random.Next(4));
            var from = new float[shift + x.Length];
            x.CopyTo(from, shift);
            var y = new float[shift + (batch * rows) + 1];
            y.AsSpan().Fill(float.NaN);
            TiledProduct.Multiply(tiled, from.AsSpan(shift), bias, y.AsSpan(shift, batch * rows), batch, width);
            Assert.All(y[..shift].Append(y[^1]), value => Assert.True(float.IsNaN(value)));
            Compare(weight, x, bias, batch, (row, output, sum, magnitude, _) =>
                Assert.InRange(Math.Abs(y[shift + (row * rows) + output] - sum), 0, 8 * MathF.ScaleB(1, -24) * magnitude));
        }
    }

    /// <summary>Half a step of every input times the weight, half a step of every level that is rounded, and rounding errors.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Inputs_rounded_to_8_bits_stay_inside_the_stated_error(string kind, int bits)
    {
        foreach (var (width, weight, tiled, batch, x, bias, _) in Cases(kind, bits))
        {
            Assert.Equal(kind != "levels" || bits <= 4, tiled.Grid.HasIntegerKernel);
            if (!tiled.Grid.HasIntegerKernel)
            {
                continue;
            }

            var (rows, columns) = (weight.Codes.Rows, weight.Codes.Columns);
            var y = new float[batch * rows];
            TiledProduct.MultiplyRounded(tiled, x, bias, y, batch, width);
            var levels = tiled.Grid.LevelError * weight.Scales.ToArray().Max(MathF.Abs);
            Compare(weight, x, bias, batch, (row, output, sum, magnitude, weights) =>
            {
                var step = x.Skip(row * columns).Take(columns).Max(Math.Abs) / 127;
                var bound = (step / 2 * weights) + (levels * (1 + (step / 2)) * columns) + (1e-5 * (magnitude + weights));
                Assert.InRange(Math.Abs(y[(row * rows) + output] - sum), 0, bound);
            });
        }
    }

    [Fact]
    public void Inputs_on_the_grid_of_8_bits_lose_nothing()
    {
        var random = new Random(5);
        foreach (var width in Widths.Tested)
        {
            var weight = KernelCases.Weight(random, "zero points", 4, 33, 128, 32);
            var x = Enumerable.Range(0, 3 * 128).Select(k => k % 32 == 7 ? 127f : random.Next(-127, 128)).ToArray();
            var (rounded, exact) = (new float[3 * 33], new float[3 * 33]);
            TiledProduct.MultiplyRounded(TiledWeight.Of(weight)!, x, [], rounded, 3, width);
            TiledProduct.Multiply(TiledWeight.Of(weight)!, x, [], exact, 3, width);
            Compare(weight, x, new float[33], 3, (row, output, sum, magnitude, _) =>
            {
                Assert.InRange(Math.Abs(rounded[(row * 33) + output] - sum), 0, 1e-6 * magnitude);
                Assert.InRange(Math.Abs(exact[(row * 33) + output] - sum), 0, 1e-6 * magnitude);
            });
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    [InlineData(1e-37f)]
    [InlineData(1e30f)]
    public void Inputs_of_any_size_are_rounded_to_finite_numbers(float size)
    {
        var random = new Random(6);
        var weight = KernelCases.Weight(random, "symmetric", 4, 32, 64, 32);
        var x = KernelCases.Numbers(random, 64).Select(value => value * size).ToArray();
        var y = new float[32];
        foreach (var width in Widths.Tested)
        {
            TiledProduct.MultiplyRounded(TiledWeight.Of(weight)!, x, [], y, 1, width);
            Compare(weight, x, new float[32], 1, (_, output, sum, magnitude, weights) =>
                Assert.InRange(Math.Abs(y[output] - sum), 0, (size / 254 * weights) + (1e-5 * magnitude) + (1e-36 * weights)));
        }
    }

    private static IEnumerable<(KernelWidth Width, QuantizedWeight Weight, TiledWeight Tiled, int Batch, float[] X, float[] Bias, Random Random)> Cases(string kind, int bits)
    {
        var random = new Random(bits);
        foreach (var (rows, columns, group) in KernelCases.Shapes)
        {
            var weight = KernelCases.Weight(random, kind, bits, rows, columns, group);
            if (TiledWeight.Of(weight) is not { } tiled)
            {
                continue;
            }

            foreach (var width in Widths.Tested)
            {
                var batch = Batches[random.Next(Batches.Length)];
                yield return (width, weight, tiled, batch, KernelCases.Numbers(random, batch * columns), random.Next(2) == 0 ? [] : KernelCases.Numbers(random, rows), random);
            }
        }
    }

    private static void Compare(QuantizedWeight weight, float[] x, float[] bias, int batch, Action<int, int, double, double, double> check)
    {
        var (rows, columns) = (weight.Codes.Rows, weight.Codes.Columns);
        var decoded = new float[columns];
        for (var output = 0; output < rows; output++)
        {
            weight.Decode(output, decoded);
            var weights = decoded.Sum(value => Math.Abs((double)value));
            for (var row = 0; row < batch; row++)
            {
                var shift = bias.Length == 0 ? 0.0 : bias[output];
                var (sum, magnitude) = (shift, Math.Abs(shift));
                for (var k = 0; k < columns; k++)
                {
                    sum += (double)decoded[k] * x[(row * columns) + k];
                    magnitude += Math.Abs((double)decoded[k] * x[(row * columns) + k]);
                }

                check(row, output, sum, magnitude, weights);
            }
        }
    }
}
