namespace LayerDsl.Tests.Core.Folded;

public sealed class FoldedNormTests
{
    [Fact]
    public void Rows_are_normalized_as_in_double_precision()
    {
        foreach (var (rows, features) in new[] { (1, 1), (3, 2), (2, 17), (5, 64), (2, 1000) })
        {
            var random = new Random(features);
            var (x, weight, bias) = (Values.Uniform(random, rows * features), Values.Uniform(random, features), Values.Uniform(random, features));
            var (layer, rms) = (new float[x.Length], new float[x.Length]);

            new FoldedLayerNorm("l", features, 1e-5, weight, bias).Forward(x, layer, rows);
            new FoldedRmsNorm("r", features, 1e-6, weight).Forward(x, rms, rows);

            for (var row = 0; row < rows; row++)
            {
                var values = x.Skip(row * features).Take(features).Select(value => (double)value).ToArray();
                var mean = values.Average();
                var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-5);
                var root = Math.Sqrt(values.Average(value => value * value) + 1e-6);
                for (var i = 0; i < features; i++)
                {
                    Assert.Equal(((values[i] - mean) / deviation * weight[i]) + bias[i], layer[(row * features) + i], 1e-4);
                    Assert.Equal(values[i] / root * weight[i], rms[(row * features) + i], 1e-5);
                }
            }
        }
    }

    [Fact]
    public void Without_weight_and_bias_rows_are_normalized_only()
    {
        var y = new float[4];
        new FoldedLayerNorm("l", 4, 1e-12, [], []).Forward([1, 1, 3, 3], y, 1);
        Assert.All(y.Zip([-1f, -1, 1, 1]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        new FoldedRmsNorm("r", 4, 1e-12, []).Forward([2, -2, 2, -2], y, 1);
        Assert.All(y.Zip([1f, -1, 1, -1]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Channels_are_scaled_and_shifted()
    {
        var y = new float[12];
        new FoldedBatchNorm2d("b", [2, -1, 0], [1, 0, 5]).Forward([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], y, 2, 1, 2);
        Assert.Equal([3, 5, -3, -4, 5, 5, 15, 17, -9, -10, 5, 5], y);
        new FoldedBatchNorm1d("b", [2, -1, 0], [1, 0, 5]).Forward([1, 2, 3, 4, 5, 6], y.AsSpan(0, 6), 2);
        Assert.Equal([3, -2, 5, 9, -5, 5], y[..6]);
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_written()
    {
        var (norm, y) = (new FoldedLayerNorm("l", 2, 1e-5, [1, 1], []), new float[4]);
        Assert.Throws<LayerShapeException>(() => norm.Forward(new float[3], y, 2));
        Assert.Throws<LayerShapeException>(() => norm.Forward(y, y, 2));
        Assert.Throws<LayerShapeException>(() => norm.Forward([], [], 0));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm2d("b", [1], [0]).Forward(new float[4], y, 1, 4, 0));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm2d("b", [1, 2], [0]));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm1d("b", [1, 2], [0, 0]).Forward(new float[3], y, 2));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm1d("b", [1, 2], [0, 0]).Forward(y, y, 2));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm1d("b", [1, 2], [0, 0]).Forward([], [], 0));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm1d("b", [], []));
        Assert.Throws<NonFiniteWeightException>(() => new FoldedBatchNorm1d("b", [float.NaN], [0]));
        Assert.Throws<LayerShapeException>(() => new FoldedBatchNorm2d("b", [], []));
        Assert.Throws<LayerShapeException>(() => new FoldedLayerNorm("l", 2, 0, [], []));
        Assert.Throws<LayerShapeException>(() => new FoldedLayerNorm("l", 2, double.NaN, [], []));
        Assert.Throws<LayerShapeException>(() => new FoldedRmsNorm("r", 2, 1e-6, [1]));
        Assert.Throws<NonFiniteWeightException>(() => new FoldedRmsNorm("r", 1, 1e-6, [float.NaN]));
        Assert.Throws<NonFiniteWeightException>(() => new FoldedBatchNorm2d("b", [1], [float.PositiveInfinity]));
        Assert.All(y, value => Assert.Equal(0, value));
    }
}
