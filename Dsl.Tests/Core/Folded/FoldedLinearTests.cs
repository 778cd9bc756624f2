namespace LayerDsl.Tests.Core.Folded;

public class FoldedLinearTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 7, 5)]
    [InlineData(2, 17, 33)]
    [InlineData(5, 784, 129)]
    [InlineData(4, 40_000, 3)]
    public void Forward_equals_a_double_precision_matrix_product_within_its_rounding(int rows, int inFeatures, int outFeatures)
    {
        var random = new Random(rows * inFeatures);
        var weight = Values.Uniform(random, inFeatures * outFeatures);
        var bias = Values.Uniform(random, outFeatures);
        var x = Values.Uniform(random, rows * inFeatures);
        var y = new float[rows * outFeatures];

        new FoldedLinear("Hidden", inFeatures, outFeatures, weight, bias).Forward(x, y, rows);

        for (var r = 0; r < rows; r++)
        {
            for (var o = 0; o < outFeatures; o++)
            {
                double expected = bias[o], magnitude = Math.Abs(bias[o]);
                for (var i = 0; i < inFeatures; i++)
                {
                    var term = (double)x[(r * inFeatures) + i] * weight[(o * inFeatures) + i];
                    expected += term;
                    magnitude += Math.Abs(term);
                }

                // The textbook bound of a sum in any order: n u Σ|terms|.
                Values.Close(expected, y[(r * outFeatures) + o], (inFeatures + 2) * magnitude * Math.Pow(2, -24), $"y[{r},{o}]");
            }
        }
    }

    [Fact]
    public void Forward_without_bias_adds_nothing()
    {
        var layer = new FoldedLinear("Head", 2, 2, [1, 2, 3, 4], []);
        var y = new float[2];

        layer.Forward([10, 1], y, 1);

        Assert.False(layer.HasBias);
        Assert.True(layer.Bias.IsEmpty);
        Assert.Equal([12f, 34f], y);
    }

    [Fact]
    public void A_layer_tells_its_sizes_and_bytes()
    {
        var layer = new FoldedLinear("Hidden", 3, 2, [1, 2, 3, 4, 5, 6], [7, 8]);

        Assert.Equal(("Hidden", 3, 2, true), (layer.Name, layer.InFeatures, layer.OutFeatures, layer.HasBias));
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], layer.Weight.ToArray());
        Assert.Equal([7f, 8f], layer.Bias.ToArray());
        Assert.Equal(8, layer.ParameterCount);
        Assert.Equal(32, layer.ByteCount);
    }

    [Fact]
    public void A_layer_keeps_its_own_copy_of_the_weights()
    {
        float[] weight = [1, 2], bias = [3];
        var layer = new FoldedLinear("Hidden", 2, 1, weight, bias);

        weight[0] = bias[0] = 100;

        Assert.Equal([1f, 2f], layer.Weight.ToArray());
        Assert.Equal([3f], layer.Bias.ToArray());
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 0)]
    public void Rows_that_are_not_positive_are_refused(int width, int rows)
    {
        var layer = new FoldedLinear("Hidden", width, 1, new float[width], []);

        var error = Assert.Throws<LayerShapeException>(() => layer.Forward([], new float[1], rows));

        Says(error, "Hidden", "0", "1 or more");
    }

    [Fact]
    public void An_input_of_the_wrong_length_is_refused_before_anything_is_written()
    {
        var layer = new FoldedLinear("Hidden", 3, 1, new float[3], []);
        float[] y = [42, 42];

        var error = Assert.Throws<LayerShapeException>(() => layer.Forward(new float[5], y, 2));

        Says(error, "Hidden", "length of the input", "2 × 3 = 6", "5");
        Assert.Equal([42f, 42f], y);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_output_of_the_wrong_length_is_refused(int length)
    {
        var layer = new FoldedLinear("Hidden", 3, 1, new float[3], []);

        var error = Assert.Throws<LayerShapeException>(() => layer.Forward(new float[6], new float[length], 2));

        Says(error, "Hidden", "length of the output", "2 × 1 = 2", length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Rows_times_width_does_not_overflow()
    {
        var layer = new FoldedLinear("Hidden", 65536, 1, new float[65536], []);

        // In 32 bits 65536 · 65536 would be 0, the length of an empty input.
        Says(Assert.Throws<LayerShapeException>(() => layer.Forward([], new float[1], 65536)), "4294967296");
    }

    [Fact]
    public void An_output_that_shares_memory_with_the_input_is_refused()
    {
        var layer = new FoldedLinear("Hidden", 2, 2, [1, 0, 0, 1], []);
        var memory = new float[3];

        Says(Assert.Throws<LayerShapeException>(() => layer.Forward(memory.AsSpan(0, 2), memory.AsSpan(1, 2), 1)), "Hidden", "shared", "separate");
    }

    [Theory]
    [InlineData(0, 1, "in features")]
    [InlineData(1, 0, "out features")]
    [InlineData(-3, 1, "-3")]
    public void Sizes_that_are_not_positive_are_refused(int inFeatures, int outFeatures, string expected) =>
        Says(Assert.Throws<LayerShapeException>(() => new FoldedLinear("Hidden", inFeatures, outFeatures, [1], [])), "Hidden", expected);

    [Fact]
    public void A_weight_or_bias_of_the_wrong_length_is_refused()
    {
        Says(Assert.Throws<LayerShapeException>(() => new FoldedLinear("Hidden", 3, 2, new float[5], [])), "Hidden", "weight", "2 × 3 = 6", "5");
        Says(Assert.Throws<LayerShapeException>(() => new FoldedLinear("Hidden", 3, 2, new float[6], new float[1])), "Hidden", "bias", "2", "1");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_weight_that_is_not_finite_is_refused_with_its_place(float value)
    {
        var weight = new float[35];
        weight[34] = value;

        var error = Assert.Throws<NonFiniteWeightException>(() => new FoldedLinear("Hidden", 5, 7, weight, []));

        Assert.Equal(("Hidden", "weight", 34L, value), (error.Layer, error.Tensor, error.Index, error.Value));
        Assert.Equal("bias", Assert.Throws<NonFiniteWeightException>(() => new FoldedLinear("Hidden", 1, 1, [1], [value])).Tensor);
    }

    [Fact]
    public void The_largest_finite_weights_are_accepted()
    {
        float[] weight = [float.MaxValue, float.MinValue, float.Epsilon];

        Assert.Equal(weight, new FoldedLinear("Hidden", 3, 1, weight, []).Weight.ToArray());
    }

    private static void Says(Exception error, params string[] parts)
    {
        foreach (var part in parts)
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }
}
