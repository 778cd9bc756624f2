using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

public class PackedMatrixTests
{
    public static TheoryData<string, int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<string, int, int, int>();
            var random = new Random(5);
            foreach (var kernels in Widths.All)
            {
                foreach (var (rows, inputs, outputs) in new[] { (1, 1, 1), (1, 7, 5), (1, 512, 10), (1, 130, 300), (2, 17, 33), (3, 784, 65), (5, 300, 64), (17, 513, 47), (140, 260, 70) })
                {
                    data.Add(kernels, rows, inputs, outputs);
                }

                for (var k = 0; k < 12; k++)
                {
                    data.Add(kernels, random.Next(1, 24), random.Next(1, 600), random.Next(1, 150));
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_double_precision_within_its_rounding(string kernels, int rows, int inputs, int outputs)
    {
        var random = new Random(rows + inputs + outputs);
        var weight = Values.Uniform(random, inputs * outputs);
        var bias = Values.Uniform(random, outputs);
        var x = Values.Uniform(random, rows * inputs);
        var y = Widths.Shifted(new float[rows * outputs], 1);
        var packed = new PackedMatrix(outputs, inputs, weight, Widths.Of(kernels));

        packed.Multiply(Widths.Shifted(x, 3), y, rows, Widths.Shifted(bias, 2), default);

        Widths.CloseToProduct(weight, bias, x, y, inputs, outputs);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Nothing_is_written_beside_the_output_and_the_epilogue_meets_each_value_once(string kernels, int rows, int inputs, int outputs)
    {
        var random = new Random(rows * inputs);
        var packed = new PackedMatrix(outputs, inputs, Values.Uniform(random, inputs * outputs), Widths.Of(kernels));
        var x = Values.Uniform(random, rows * inputs);
        var residual = Values.Uniform(random, rows * outputs);
        var plain = new float[rows * outputs];
        var around = new float[plain.Length + 64];
        Array.Fill(around, 7);

        packed.Multiply(x, plain, rows, [], default);
        packed.Multiply(x, around.AsSpan(32, plain.Length), rows, [], new Epilogue(EpilogueActivation.Relu, residual));

        for (var k = 0; k < around.Length; k++)
        {
            var inside = k >= 32 && k < 32 + plain.Length;
            Assert.Equal(inside ? Math.Max(plain[k - 32] + residual[k - 32], 0) : 7, around[k]);
        }
    }

    [Fact]
    public void A_packed_weight_can_be_taken_out_again()
    {
        foreach (var kernels in Widths.Tested)
        {
            var weight = Values.Uniform(new Random(1), 37 * 11);
            Assert.Equal(weight, new PackedMatrix(37, 11, weight, kernels).ToRows());
            Assert.Equal(weight, new PackedMatrix(11, 37, weight, kernels).ToRows());
        }
    }

    [Fact]
    public void A_row_with_NaN_or_infinity_changes_no_other_row()
    {
        foreach (var kernels in Widths.Tested)
        {
            var random = new Random(2);
            var packed = new PackedMatrix(19, 23, Values.Uniform(random, 19 * 23), kernels);
            var x = Values.Uniform(random, 9 * 23);
            var (clean, y) = (new float[9 * 19], new float[9 * 19]);
            packed.Multiply(x, clean, 9, [], default);
            (x[(4 * 23) + 5], x[(4 * 23) + 6]) = (float.NaN, float.PositiveInfinity);

            packed.Multiply(x, y, 9, [], default);

            Assert.All(y[(4 * 19)..(5 * 19)], value => Assert.True(float.IsNaN(value)));
            Assert.Equal(clean[..(4 * 19)], y[..(4 * 19)]);
            Assert.Equal(clean[(5 * 19)..], y[(5 * 19)..]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(128)]
    public void A_layer_allocates_nothing_once_its_buffers_are_pooled(int rows)
    {
        var layer = new FoldedLinear("Hidden", 300, 200, new float[60_000], new float[200]);
        var (x, y) = (new float[rows * 300], new float[rows * 200]);
        Allocations.AreNone(() => layer.Forward(x, y, rows, new Epilogue(EpilogueActivation.Relu)));
    }
}
