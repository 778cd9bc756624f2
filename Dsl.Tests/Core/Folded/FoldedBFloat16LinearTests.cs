using LayerDsl.Tests.Core.Kernels;

namespace LayerDsl.Tests.Core.Folded;

public class FoldedBFloat16LinearTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 130, 300)]
    [InlineData(2, 17, 33)]
    [InlineData(5, 300, 64)]
    [InlineData(17, 513, 47)]
    public void A_product_is_that_of_the_rounded_weight(int rows, int inputs, int outputs)
    {
        foreach (var kernels in Enum.GetValues<KernelWidth>())
        {
            var random = new Random(rows);
            var weight = new FoldedBFloat16Linear("L", inputs, outputs, Values.Uniform(random, inputs * outputs), []).Weight.ToArray();
            var (bias, x) = (Values.Uniform(random, outputs), Values.Uniform(random, rows * inputs));
            var y = Widths.Shifted(new float[rows * outputs], 1);
            var packed = new PackedMatrix(outputs, inputs, weight, kernels, isBFloat16: true);

            packed.Multiply(Widths.Shifted(x, 3), y, rows, bias, default);

            Assert.Equal(weight, packed.ToRows());
            Widths.CloseToProduct(weight, bias, x, y, inputs, outputs);
        }
    }

    [Fact]
    public void Weights_are_rounded_to_the_nearest_ties_to_even()
    {
        // 1 + k · 2⁻⁸: between 1 and 1 + 2⁻⁷ half-way, and just beside; then subnormal, ±0.
        float[] weight = [1 + (1 / 256f), 1 + (3 / 256f), 1.00391f, 1.0039f, -1 - (1 / 256f), 1e-40f, 0, -0f];
        float[] expected = [1, 1 + (4 / 256f), 1 + (2 / 256f), 1, -1, BitConverter.UInt32BitsToSingle(0x00010000), 0, -0f];

        var layer = new FoldedBFloat16Linear("L", 8, 1, weight, []);

        Assert.Equal(expected, layer.Weight.ToArray());
        Assert.Equal((8L, 16L), (layer.ParameterCount, layer.ByteCount));
        Assert.Throws<NonFiniteWeightException>(() => new FoldedBFloat16Linear("L", 1, 1, [float.MaxValue], []));
        Assert.Throws<NonFiniteWeightException>(() => new FoldedBFloat16Linear("L", 1, 1, [float.NaN], []));
    }

    [Fact]
    public void A_file_keeps_it_in_16_bits()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "model.safetensors");
        var random = new Random(1);
        var hidden = FoldedBFloat16Linear.Of(new FoldedLinear("Hidden", 3, 5, Values.Uniform(random, 15), Values.Uniform(random, 5)));
        var model = new TwoLayerModel(hidden, new FoldedLinear("Head", 5, 2, Values.Uniform(random, 10), []));
        var (x, y, again) = (Values.Uniform(random, 6), new float[4], new float[4]);
        model.Forward(x, y, 2);
        model.Save(path);

        TwoLayerModel.Load(path).Forward(x, again, 2);

        Assert.Equal(y, again);
        var file = FoldedModelFile.Open(path, TwoLayerModel.Name, TwoLayerModel.Signature);
        var read = Assert.IsType<FoldedBFloat16Linear>(file.ReadLinear("Hidden", 3, 5, bias: true));
        Assert.Equal(hidden.Weight.ToArray(), read.Weight.ToArray());
        Assert.Throws<FoldedFileException>(() => FoldedModelFile.Open(path, TwoLayerModel.Name, TwoLayerModel.Signature).ReadLinear("Hidden", 5, 3, bias: true));
    }

    [Fact]
    public void Codes_are_refused()
    {
        var format = new QuantizedFormat("Uniform", Bits: 2, GroupSize: 0, HasZeroPoints: false, Levels: QuantizedFormat.Steps(0, 4));
        var weight = new QuantizedWeight("L", format, PackedCodes.Pack("L", [0, 1, 2, 3], 1, 4, 2), [1]);
        Assert.Throws<LayerShapeException>(() => FoldedBFloat16Linear.Of(new FoldedQuantizedLinear("L", weight, [])));
    }
}
