using LayerDsl.Tests.Core.Folded;

namespace LayerDsl.Tests.Core.Kernels;

public class ConvolutionKernelTests
{
    private static readonly (Conv2dGeometry Geometry, int Height, int Width)[] Cases =
    [
        (new(1, 1, 1), 1, 1),
        (new(3, 5, 3, Padding: 1), 8, 7),
        (new(4, 6, 2, 3, 2, 2, 2), 9, 5),
        (new(6, 6, 3, 2, Groups: 6), 11, 11),
        (new(1, 9, 5, Padding: 2), 28, 28),
        (new(40, 3, 7, Padding: 3), 30, 41),
        (new(16, 32, 3, Padding: 1), 14, 14),
        (new(64, 14, 3, 2, 1), 15, 15),
        (new(8, 8, 1, 2), 9, 9),
        (new(8, 9, 1), 9, 9),
        (new(4, 8, 5, 4, 3, 3), 33, 20),
        (new(2, 3, 25), 28, 28), // few of a line's values are wanted: gathered
        (new(4, 6, 26, Groups: 2), 28, 27),
        (new(2, 7, 3, 6, Dilation: 4), 28, 28),
        (new(3, 4, 2, 2, 9, 2), 5, 5),
        (new(300, 20, 3, Padding: 1), 9, 9), // more inputs than go at once
        (new(1, 2, 3), 3, 2100), // more of a line than goes at once
    ];

    public static TheoryData<string, int> Shapes
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var kernels in Widths.All)
            {
                for (var k = 0; k < Cases.Length + 12; k++)
                {
                    data.Add(kernels, k);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_convolution_is_its_definition_in_double_precision_within_its_rounding(string kernels, int index)
    {
        var (g, height, width) = index < Cases.Length ? Cases[index] : Random(new Random(index));
        var random = new Random(index);
        var weight = Values.Uniform(random, g.OutChannels * g.InputsPerOutput);
        var bias = Values.Uniform(random, g.OutChannels);
        var x = Values.Uniform(random, 2 * g.InChannels * height * width);
        var (rows, columns) = (g.OutputSize(height), g.OutputSize(width));
        var y = Widths.Shifted(new float[2 * g.OutChannels * rows * columns], 1);

        Run(kernels, g, weight, bias, Widths.Shifted(x, 3), y, height, width, default);

        for (var k = 0; k < y.Length; k++)
        {
            var (image, o) = Math.DivRem(k / (rows * columns), g.OutChannels);
            var (p, q) = (k / columns % rows, k % columns);
            var (expected, magnitude) = Definition(g, weight, bias, x, height, width, image, o, p, q);
            Values.Close(expected, y[k], (g.InputsPerOutput + 2) * magnitude * Math.Pow(2, -24), $"{g} y[{image},{o},{p},{q}]");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_epilogue_meets_each_value_once(string kernels, int index)
    {
        var (g, height, width) = index < Cases.Length ? Cases[index] : Random(new Random(index));
        var random = new Random(index);
        var weight = Values.Uniform(random, g.OutChannels * g.InputsPerOutput);
        var x = Values.Uniform(random, 2 * g.InChannels * height * width);
        var plain = new float[2 * g.OutChannels * g.OutputSize(height) * g.OutputSize(width)];
        var (residual, y) = (Values.Uniform(random, plain.Length), new float[plain.Length]);

        Run(kernels, g, weight, [], x, plain, height, width, default);
        Run(kernels, g, weight, [], x, y, height, width, new Epilogue(EpilogueActivation.Relu, residual));

        for (var k = 0; k < y.Length; k++)
        {
            Assert.Equal(Math.Max(plain[k] + residual[k], 0), y[k]);
        }
    }

    [Fact]
    public void A_packed_kernel_can_be_taken_out_again()
    {
        foreach (var outputs in Enumerable.Range(1, 20))
        {
            var weight = Values.Uniform(new Random(outputs), 2 * outputs * 7);
            Assert.Equal(weight, new PackedTiles(2, outputs, 7, weight).ToRows());
        }
    }

    private static void Run(
        string kernels, Conv2dGeometry g, float[] weight, float[] bias, ReadOnlySpan<float> x, Span<float> y, int height, int width, Epilogue epilogue)
    {
        var tiles = new PackedTiles(g.Groups, g.OutChannels / g.Groups, g.InputsPerOutput, weight);
        PackedConvolution.Run(new ConvolutionWork(tiles, g, height, width) { X = x, Y = y, Bias = bias, Epilogue = epilogue }, 2, Widths.Of(kernels));
    }

    private static (Conv2dGeometry Geometry, int Height, int Width) Random(Random random)
    {
        var groups = random.Next(1, 4);
        var g = new Conv2dGeometry(
            groups * random.Next(1, 6), groups * random.Next(1, 11), random.Next(1, 6), random.Next(1, 5), random.Next(0, 4), random.Next(1, 4), groups);
        return (g, g.SmallestImage + random.Next(0, 20), g.SmallestImage + random.Next(0, 20));
    }

    private static (double Value, double Magnitude) Definition(
        Conv2dGeometry g, float[] weight, float[] bias, float[] x, int height, int width, int image, int o, int p, int q)
    {
        var (channels, group) = (g.InChannels / g.Groups, o / (g.OutChannels / g.Groups));
        double sum = bias[o], magnitude = Math.Abs(sum);
        for (var j = 0; j < g.InputsPerOutput; j++)
        {
            var (c, u, v) = (j / (g.KernelSize * g.KernelSize), j / g.KernelSize % g.KernelSize, j % g.KernelSize);
            var (line, column) = ((g.Stride * p) + (g.Dilation * u) - g.Padding, (g.Stride * q) + (g.Dilation * v) - g.Padding);
            if (line >= 0 && line < height && column >= 0 && column < width)
            {
                var place = (((((image * g.InChannels) + (group * channels) + c) * height) + line) * width) + column;
                var term = (double)x[place] * weight[(o * g.InputsPerOutput) + j];
                sum += term;
                magnitude += Math.Abs(term);
            }
        }

        return (sum, magnitude);
    }
}
