using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

public class NormKernelTests
{
    public static TheoryData<string, int, int, bool> Shapes
    {
        get
        {
            var data = new TheoryData<string, int, int, bool>();
            foreach (var kernels in Widths.All)
            {
                foreach (var (rows, features, centred) in new[] { (1, 1, true), (3, 5, false), (5, 37, true), (17, 16, false), (4, 1000, true), (40, 999, false) })
                {
                    data.Add(kernels, rows, features, centred);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rows_are_normalized_as_in_double_precision(string kernels, int rows, int features, bool centred)
    {
        var random = new Random(features);
        var mean = centred ? 20f : 0;
        var x = Array.ConvertAll(Values.Uniform(random, rows * features), value => value + mean);
        foreach (var parts in new[] { 0, 1, 2, 3 })
        {
            var weight = (parts & 1) == 0 ? [] : Values.Uniform(random, features);
            var bias = (parts & 2) == 0 ? [] : Values.Uniform(random, features);
            var y = Widths.Shifted(new float[x.Length], 1);

            new NormWork { X = Widths.Shifted(x, 3), Y = y, Rows = rows, Features = features, IsCentred = centred, Eps = 1e-5, Weight = weight, Bias = bias }.Run(Widths.Of(kernels));

            for (var row = 0; row < rows; row++)
            {
                var values = x[(row * features)..((row + 1) * features)].Select(value => (double)value).ToArray();
                var average = centred ? values.Average() : 0;
                var deviation = Math.Sqrt(values.Average(value => (value - average) * (value - average)) + 1e-5);
                for (var k = 0; k < features; k++)
                {
                    var expected = ((values[k] - average) / deviation * (weight.Length == 0 ? 1 : weight[k])) + (bias.Length == 0 ? 0 : bias[k]);

                    // The mean is off by a few roundings of its own size; divided by a deviation of about ½. One feature alone leaves nothing but ε under the root.
                    Values.Close(expected, y[(row * features) + k], 1e-6 + (8 * mean * Math.Pow(2, -24) / deviation), $"y[{row},{k}]");
                }
            }
        }
    }

    [Fact]
    public void Planes_are_scaled_and_shifted_on_every_path()
    {
        foreach (var kernels in Widths.Tested)
        {
            var random = new Random(4);
            var (x, scale, shift) = (Values.Uniform(random, 2 * 3 * 37), Values.Uniform(random, 3), Values.Uniform(random, 3));
            var y = new float[x.Length];

            new ChannelWork { X = x, Y = y, Plane = 37, Scale = scale, Shift = shift, Epilogue = new Epilogue(EpilogueActivation.Relu) }.Run(kernels);

            for (var k = 0; k < y.Length; k++)
            {
                var channel = k / 37 % 3;
                Values.Close(Math.Max(0, ((double)x[k] * scale[channel]) + shift[channel]), y[k], 2e-7, $"y[{k}]");
            }
        }
    }

    [Fact]
    public void Planes_of_one_value_are_scaled_and_shifted_as_rows_on_every_path()
    {
        foreach (var kernels in Widths.Tested)
        {
            foreach (var (rows, features) in new[] { (1, 1), (3, 5), (2, 37), (40, 999) })
            {
                var random = new Random(features);
                var (x, scale, shift) = (Values.Uniform(random, rows * features), Values.Uniform(random, features), Values.Uniform(random, features));
                var residual = Values.Uniform(random, rows * features);
                var y = Widths.Shifted(new float[x.Length], 1);

                new ChannelWork { X = Widths.Shifted(x, 3), Y = y, Plane = 1, Scale = scale, Shift = shift, Epilogue = new Epilogue(EpilogueActivation.Relu, residual) }.Run(kernels);

                for (var k = 0; k < y.Length; k++)
                {
                    Values.Close(Math.Max(0, ((double)x[k] * scale[k % features]) + shift[k % features] + residual[k]), y[k], 4e-7, $"y[{k}]");
                }
            }
        }
    }

    [Fact]
    public void Layers_allocate_nothing()
    {
        var (x, y) = (new float[640], new float[640]);
        var rows = new FoldedLayerNorm("Rows", 64, 1e-5, [], []);
        var planes = new FoldedBatchNorm2d("Planes", [1, 2, 3, 4], [0, 0, 0, 1]);
        Allocations.AreNone(() => rows.Forward(x, y, 10));
        var columns = new FoldedBatchNorm1d("Columns", [1, 2, 3, 4], [0, 0, 0, 1]);
        Allocations.AreNone(() => planes.Forward(x, y, 10, 4, 4));
        Allocations.AreNone(() => columns.Forward(x, y, 160));
    }
}
