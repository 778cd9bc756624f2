namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Quantized layers on kernels: what they keep, what they allocate, and the option of inputs rounded to 8 bits.</summary>
public sealed class PackedLayerTests
{
    public static TheoryData<string, int> Formats => KernelCases.Formats;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Laid_out_codes_are_the_codes_of_the_file(string kind, int bits)
    {
        foreach (var (rows, columns, group) in KernelCases.Shapes)
        {
            var weight = KernelCases.Weight(new Random(bits), kind, bits, rows, columns, group);
            var (bytes, decoded, after) = (weight.Codes.Bytes.ToArray(), new float[columns], new float[columns]);
            weight.Decode(rows - 1, decoded);
            var layer = new FoldedQuantizedLinear("layer", weight, []);
            Assert.Equal(bytes, layer.Quantized!.Codes.Bytes.ToArray());
            weight.Decode(rows - 1, after);
            Assert.Equal(decoded, after);
        }
    }

    [Fact]
    public void The_packed_rows_are_given_up()
    {
        // Groups of 5 would be filled up to 32: such a weight stays as it is.
        foreach (var (group, laidOut) in new[] { (64, true), (5, false) })
        {
            var weight = KernelCases.Weight(new Random(1), "symmetric", 4, 64, 512, group);
            Assert.False(weight.Codes.IsLaidOut);
            var layer = new FoldedQuantizedLinear("layer", weight, []);
            Assert.Equal(laidOut, layer.Quantized!.Codes.IsLaidOut);
        }
    }

    [Fact]
    public void A_pass_allocates_nothing()
    {
        var random = new Random(2);
        var grid = new ActivationGrid("layer", new ActivationFormat("Uniform", 8, false), 0.01f, 3);
        FoldedQuantizedLinear[] layers =
        [
            new("layer", KernelCases.Weight(random, "symmetric", 4, 600, 512, 32), KernelCases.Numbers(random, 600)),
            new("layer", KernelCases.Weight(random, "symmetric", 4, 600, 512, 32), []) { Precision = ActivationPrecision.Int8 },
            new("layer", KernelCases.Weight(random, "zero points", 8, 600, 512, 512), []) { Activation = grid },
        ];
        var (x, y) = (KernelCases.Numbers(random, 5 * 512), new float[5 * 600]);
        foreach (var layer in layers)
        {
            // The least of a few rounds: a collection may empty the pool of buffers at any time.
            var least = Enumerable.Range(0, 10).Min(_ =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                layer.Forward(x, y, 5);
                layer.Forward(x.AsSpan(0, 512), y.AsSpan(0, 600), 1);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void Many_threads_get_the_same_results()
    {
        var random = new Random(3);
        var layer = new FoldedQuantizedLinear("layer", KernelCases.Weight(random, "levels", 4, 700, 640, 64), KernelCases.Numbers(random, 700));
        var (x, expected) = (KernelCases.Numbers(random, 3 * 640), new float[3 * 700]);
        layer.Forward(x, expected, 3);
        Parallel.For(0, 16, _ =>
        {
            var y = new float[3 * 700];
            for (var round = 0; round < 5; round++)
            {
                layer.Forward(x, y, 3);
                Assert.Equal(expected, y);
            }
        });
    }

    [Fact]
    public void A_low_rank_term_is_added_on_every_path()
    {
        var random = new Random(4);
        var plain = KernelCases.Weight(random, "symmetric", 4, 20, 64, 32);
        var (down, up) = (KernelCases.Numbers(random, 3 * 64), KernelCases.Numbers(random, 20 * 3));
        var weight = new QuantizedWeight("layer", plain.Format with { Rank = 3, BranchScale = 0.5f }, plain.Codes, plain.Scales, plain.Zeros, down, up);
        var x = KernelCases.Numbers(random, 2 * 64);
        foreach (var precision in Enum.GetValues<ActivationPrecision>())
        {
            var (without, with) = (new float[2 * 20], new float[2 * 20]);
            new FoldedQuantizedLinear("layer", plain, []) { Precision = precision }.Forward(x, without, 2);
            new FoldedQuantizedLinear("layer", weight, []) { Precision = precision }.Forward(x, with, 2);
            for (var k = 0; k < with.Length; k++)
            {
                var (row, output) = (k / 20, k % 20);
                var branch = Enumerable.Range(0, 3).Sum(r => up[(output * 3) + r] * (double)Enumerable.Range(0, 64).Sum(i => (double)down[(r * 64) + i] * x[(row * 64) + i]));
                Assert.Equal(without[k] + (0.5 * branch), with[k], 1e-4);
            }
        }
    }

    [Fact]
    public void What_has_no_8_bit_code_is_refused()
    {
        var layer = new FoldedQuantizedLinear("layer", KernelCases.Weight(new Random(5), "symmetric", 4, 16, 32, 32), []);
        var (x, y) = (new float[32], new float[16]);
        x[7] = float.NaN;
        layer.Forward(x, y, 1);
        Assert.All(y, value => Assert.True(float.IsNaN(value)));
        Array.Fill(y, 1);
        layer.Precision = ActivationPrecision.Int8;
        Assert.Throws<NonFiniteActivationException>(() => layer.Forward(x, y, 1));
        Assert.All(y, value => Assert.Equal(1, value));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Precision = (ActivationPrecision)7);
    }

    [Fact]
    public void Rounded_inputs_of_the_model_stay_exact()
    {
        var random = new Random(6);
        var weight = KernelCases.Weight(random, "symmetric", 4, 16, 64, 64);
        var grid = new ActivationGrid("layer", new ActivationFormat("Uniform", 8, false), 0.01f, 128);
        var x = KernelCases.Numbers(random, 64);
        var (first, second) = (new float[16], new float[16]);
        new FoldedQuantizedLinear("layer", weight, []) { Activation = grid }.Forward(x, first, 1);
        new FoldedQuantizedLinear("layer", weight, []) { Activation = grid, Precision = ActivationPrecision.Int8 }.Forward(x, second, 1);
        Assert.Equal(first, second);
    }
}
