namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Inputs in codes: kernels of each width against sums of whole numbers.</summary>
public sealed class StepProductTests
{
    public static TheoryData<string, int> Formats => KernelCases.Formats;

    /// <summary>Steps from -255 to 255, which take two planes, and smaller ones, which take one.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Sums_of_products_are_exact(string kind, int bits)
    {
        var (random, checks) = (new Random(bits), 0);
        foreach (var (rows, columns, group) in KernelCases.Shapes)
        {
            var weight = KernelCases.Weight(random, kind, bits, rows, columns, group);
            if (TiledWeight.Of(weight) is not { } tiled || !StepProduct.CanMultiply(tiled))
            {
                continue;
            }

            foreach (var grid in new[] { Grid(8, false, 0), Grid(8, false, 255), Grid(8, false, 100), Grid(8, true, 0), Grid(4, false, 3), Grid(1, false, 0) })
            {
                foreach (var width in Widths.Tested)
                {
                    var batch = 1 + (checks++ % 3);
                    var steps = Enumerable.Range(0, batch * columns).Select(_ => (short)(random.Next(grid.Format.Lowest, grid.Format.Highest + 1) - grid.ZeroPoint)).ToArray();
                    var bias = KernelCases.Numbers(random, rows);
                    var y = new float[batch * rows];
                    StepProduct.Multiply(tiled, grid, steps, bias, y, batch, width);
                    Assert.Equal(Expected(weight, grid, steps, bias, batch), y);
                }
            }
        }

        Assert.Equal(kind != "levels", checks > 0);
    }

    [Theory]
    [InlineData("symmetric", 8)]
    [InlineData("zero points", 7)]
    [InlineData("Log2", 4)]
    public void The_largest_products_do_not_overflow(string kind, int bits)
    {
        var weight = KernelCases.Weight(new Random(1), kind, bits, 16, 4096, 0);
        foreach (var code in new[] { 0, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1 })
        {
            var same = new QuantizedWeight(
                "layer", weight.Format, PackedCodes.Pack("layer", Enumerable.Repeat((byte)code, 16 * 4096).ToArray(), 16, 4096, bits), weight.Scales, weight.Zeros);
            foreach (var (zeroPoint, step) in new[] { (0, 255), (255, -255) })
            {
                var (grid, steps) = (Grid(8, false, zeroPoint), Enumerable.Repeat((short)step, 4096).ToArray());
                foreach (var width in Widths.Tested)
                {
                    var y = new float[16];
                    StepProduct.Multiply(TiledWeight.Of(same)!, grid, steps, [], y, 1, width);
                    Assert.Equal(Expected(same, grid, steps, new float[16], 1), y);
                }
            }
        }
    }

    private static ActivationGrid Grid(int bits, bool signed, int zeroPoint) => new("layer", new ActivationFormat("Uniform", bits, signed), 0.037f, zeroPoint);

    /// <summary>Levels as decimal numbers, so that sums over a group are exact; then double precision, group after group.</summary>
    private static float[] Expected(QuantizedWeight weight, ActivationGrid grid, short[] steps, float[] bias, int batch)
    {
        var (rows, columns, codes) = (weight.Codes.Rows, weight.Codes.Columns, new byte[weight.Codes.Columns]);
        var group = weight.Format.GroupSize == 0 ? columns : weight.Format.GroupSize;
        var groups = (columns + group - 1) / group;
        var y = new float[batch * rows];
        for (var output = 0; output < rows; output++)
        {
            weight.Codes.Read(output, codes);
            for (var row = 0; row < batch; row++)
            {
                var total = 0.0;
                for (var g = 0; g < groups; g++)
                {
                    var (sum, index) = (0m, weight.Format.GroupSize == 0 ? 0 : (output * groups) + g);
                    for (var k = g * group; k < Math.Min(columns, (g + 1) * group); k++)
                    {
                        sum += steps[(row * columns) + k] * ((decimal)(double)weight.Format.Levels[codes[k]] - (weight.Zeros.IsEmpty ? 0 : (decimal)(double)weight.Zeros[index]));
                    }

                    total += weight.Scales[index] * (double)sum;
                }

                y[(row * rows) + output] = (float)(((double)grid.Scale * total) + bias[output]);
            }
        }

        return y;
    }
}
