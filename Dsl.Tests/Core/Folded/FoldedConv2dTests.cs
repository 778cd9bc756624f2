namespace LayerDsl.Tests.Core.Folded;

public class FoldedConv2dTests
{
    public static TheoryData<int, int, int, int, int, int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 1, 0, 1, 1, 1, 1 },
        { 3, 5, 3, 1, 1, 1, 1, 8, 7 },
        { 4, 6, 2, 3, 2, 2, 2, 9, 5 },
        { 6, 6, 3, 2, 0, 1, 6, 11, 11 },
        { 1, 9, 5, 1, 2, 1, 1, 28, 28 },
        { 40, 3, 7, 1, 3, 1, 1, 30, 41 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_equals_the_definition_in_double_precision(
        int inputs, int outputs, int kernel, int stride, int padding, int dilation, int groups, int height, int width)
    {
        var g = new Conv2dGeometry(inputs, outputs, kernel, stride, padding, dilation, groups);
        var random = new Random(inputs + height);
        var weight = Values.Uniform(random, outputs * g.InputsPerOutput);
        var bias = Values.Uniform(random, outputs);
        var x = Values.Uniform(random, 2 * inputs * height * width);
        var (rows, columns) = (g.OutputSize(height), g.OutputSize(width));
        var y = new float[2 * outputs * rows * columns];

        new FoldedConv2d("Conv", g, weight, bias).Forward(x, y, 2, height, width);

        for (var k = 0; k < y.Length; k++)
        {
            var (image, o, p, q) = (k / (outputs * rows * columns), k / (rows * columns) % outputs, k / columns % rows, k % columns);
            var (expected, magnitude) = Definition(g, weight, bias, x, height, width, image, o, p, q);
            Values.Close(expected, y[k], (g.InputsPerOutput + 2) * magnitude * Math.Pow(2, -24), $"y[{image},{o},{p},{q}]");
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_before_anything_is_written()
    {
        var layer = new FoldedConv2d("Conv", new Conv2dGeometry(1, 1, 3), new float[9], []);
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[4], new float[1], 1, 2, 2));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[9], new float[2], 1, 3, 3));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[8], new float[1], 1, 3, 3));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[9], new float[1], 0, 3, 3));
        Assert.Throws<LayerShapeException>(() => new FoldedConv2d("Conv", new Conv2dGeometry(3, 4, 1, Groups: 2), new float[6], []));
        Assert.Throws<LayerShapeException>(() => new FoldedConv2d("Conv", new Conv2dGeometry(1, 1, 3), new float[8], []));
        Assert.Throws<NonFiniteWeightException>(() => new FoldedConv2d("Conv", new Conv2dGeometry(1, 1, 1), [float.NaN], []));
    }

    [Fact]
    public void Forward_allocates_nothing_once_its_buffer_is_pooled()
    {
        var layer = new FoldedConv2d("Conv", new Conv2dGeometry(3, 8, 3, Padding: 1), new float[216], new float[8]);
        var (x, y) = (new float[3 * 256], new float[8 * 256]);
        layer.Forward(x, y, 1, 16, 16);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var k = 0; k < 10; k++)
        {
            layer.Forward(x, y, 1, 16, 16);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    internal static (double Sum, double Magnitude) Definition(
        Conv2dGeometry g, float[] weight, float[] bias, float[] x, int height, int width, int image, int o, int p, int q)
    {
        var (perGroup, group) = (g.InChannels / g.Groups, o / (g.OutChannels / g.Groups));
        double sum = bias[o], magnitude = Math.Abs(bias[o]);
        for (var c = 0; c < perGroup; c++)
        {
            for (var u = 0; u < g.KernelSize; u++)
            {
                for (var v = 0; v < g.KernelSize; v++)
                {
                    var (h, w) = ((g.Stride * p) + (g.Dilation * u) - g.Padding, (g.Stride * q) + (g.Dilation * v) - g.Padding);
                    if (h >= 0 && h < height && w >= 0 && w < width)
                    {
                        var term = (double)x[(((((image * g.InChannels) + (group * perGroup) + c) * height) + h) * width) + w]
                            * weight[(((((o * perGroup) + c) * g.KernelSize) + u) * g.KernelSize) + v];
                        sum += term;
                        magnitude += Math.Abs(term);
                    }
                }
            }
        }

        return (sum, magnitude);
    }
}
