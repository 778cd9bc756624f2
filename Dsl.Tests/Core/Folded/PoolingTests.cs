using static TorchSharp.torch;

namespace LayerDsl.Tests.Core.Folded;

/// <summary>Pooling against torch, which is exact for maxima and sums in another order for means.</summary>
public class PoolingTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1, 0)]
    [InlineData(6, 8, 7, 2, 2, 0)]
    [InlineData(2, 6, 11, 2, 2, 0)]
    [InlineData(2, 5, 2, 2, 2, 0)]
    [InlineData(3, 9, 5, 3, 2, 1)]
    [InlineData(2, 4, 6, 4, 1, 2)]
    public void Windows_are_pooled_as_torch_does(int planes, int height, int width, int kernel, int stride, int padding)
    {
        manual_seed(planes);
        var x = randn(1, planes, height, width);
        var largest = nn.functional.max_pool2d(x, kernel, stride, padding);
        var means = nn.functional.avg_pool2d(x, kernel, stride, padding);
        var y = new float[largest.numel()];

        Pooling.Max(x.data<float>().ToArray(), y, planes, height, width, kernel, stride, padding);
        Assert.Equal(largest.data<float>().ToArray(), y);

        Pooling.Average(x.data<float>().ToArray(), y, planes, height, width, kernel, stride, padding);
        Assert.All(means.data<float>().ToArray().Zip(y), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

        var global = new float[planes];
        Pooling.GlobalAverage(x.data<float>().ToArray(), global, planes, height * width);
        Assert.All(x.mean([2, 3]).data<float>().ToArray().Zip(global), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void A_value_that_is_no_number_stays_none()
    {
        var y = new float[1];
        Pooling.Max([1, float.NaN, 3, 4], y, 1, 2, 2, 2, 2, 0);
        Assert.True(float.IsNaN(y[0]));

        foreach (var (kernel, stride) in new[] { (2, 2), (3, 1) })
        {
            for (var place = 0; place < 36; place++)
            {
                var (plane, pooled) = (new float[36], new float[(((6 - kernel) / stride) + 1) * (((6 - kernel) / stride) + 1)]);
                plane[place] = float.NaN;
                Pooling.Max(plane, pooled, 1, 6, 6, kernel, stride, 0);
                Assert.All(pooled.Select((value, k) => (value, k)), pair =>
                {
                    var (columns, line, column) = (((6 - kernel) / stride) + 1, place / 6, place % 6);
                    var (top, left) = (pair.k / columns * stride, pair.k % columns * stride);
                    Assert.Equal(line >= top && line < top + kernel && column >= left && column < left + kernel, float.IsNaN(pair.value));
                });
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<LayerShapeException>(() => Pooling.Max(new float[4], new float[2], 1, 2, 2, 2, 2, 0));
        Assert.Throws<LayerShapeException>(() => Pooling.Max(new float[4], new float[1], 1, 2, 2, 3, 1, 0));
        Assert.Throws<LayerShapeException>(() => Pooling.Average(new float[4], new float[1], 1, 2, 2, 2, 1, 2));
        Assert.Throws<LayerShapeException>(() => Pooling.GlobalAverage(new float[4], new float[3], 2, 2));
    }
}
