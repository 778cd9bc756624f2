using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Layers whose constructors take sizes, against the same declarations with numbers, whose formulas are tested elsewhere.</summary>
public sealed class SizedLayerTests
{
    /// <summary>Passes with loops over memory round otherwise than composed operations: a few units in the last place of sums of a few terms.</summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<string, Func<Layer>, Func<Layer>, long[]> Twins { get; } = new()
    {
        { "plain", () => new SizedPlain(7, 5), () => new PlainLayer(), [3, 7] },
        { "sum", () => new SizedSum(8, 6), () => new NumberedSum(), [3, 8] },
        { "groups", () => new SizedGroups(8), () => new NumberedGroups(), [3, 8] },
        { "planes", () => new SizedPlanes(6), () => new NumberedPlanes(), [3, 8] },
        { "own", () => new SizedOwn(8, 6), () => new NumberedOwn(), [2, 3, 8] },
        { "convolution", () => new SizedConvolution(2, 5), () => new NumberedConvolution(), [2, 2, 6, 5] },
        { "coded convolution", () => new SizedCodedConvolution(2), () => new NumberedCodedConvolution(), [2, 2, 6, 5] },
        { "layer norm", () => new SizedLayerNorm(8), () => new NumberedLayerNorm(), [3, 8] },
        { "rms norm", () => new SizedRmsNorm(8), () => new NumberedRmsNorm(), [3, 8] },
        { "batch norm of rows", () => new SizedRowBatchNorm(8), () => new NumberedRowBatchNorm(), [5, 8] },
        { "batch norm", () => new SizedBatchNorm(2), () => new NumberedBatchNorm(), [2, 2, 6, 5] },
    };

    [Theory]
    [MemberData(nameof(Twins))]
    public void Values_gradients_folds_and_bounds_are_those_of_the_same_layer_with_numbers(string name, Func<Layer> sized, Func<Layer> numbered, long[] shape)
    {
        Assert.NotEmpty(name);
        random.manual_seed(5);
        using var expected = numbered();
        References.Disturb(expected, seed: 11);
        using var actual = sized();
        actual.load_state_dict(expected.state_dict());
        Assert.Equal(expected.state_dict().Select(pair => (pair.Key, string.Join(",", pair.Value.shape))), actual.state_dict().Select(pair => (pair.Key, string.Join(",", pair.Value.shape))));

        var (x, z) = (randn(shape).requires_grad_(), zeros(shape));
        z = x.detach().clone().requires_grad_();
        AssertClose(expected.forward(x), actual.forward(z));
        expected.forward(x).square().sum().backward();
        actual.forward(z).square().sum().backward();
        AssertClose(x.grad!, z.grad!);
        foreach (var (one, other) in expected.parameters().Zip(actual.parameters()).Where(pair => pair.First.requires_grad))
        {
            AssertClose(one.grad!, other.grad!);
        }

        expected.eval();
        actual.eval();
        AssertClose(expected.FoldLayer().forward(x.detach()), actual.FoldLayer().forward(x.detach()));
        var (magnitude, error) = (x.detach().abs().to_type(float64), zeros(shape, float64));
        AssertClose(expected.RoundingBound(magnitude, error), actual.RoundingBound(magnitude, error));
        var (one2, two2) = (expected.GetCertificate(), actual.GetCertificate());
        Assert.Equal((one2.Parameters, one2.FoldedParameters, one2.TrainingFlops, one2.InferenceFlops, one2.StoredBytes, one2.FoldedBytes, one2.RoundingFactor), (two2.Parameters, two2.FoldedParameters, two2.TrainingFlops, two2.InferenceFlops, two2.StoredBytes, two2.FoldedBytes, two2.RoundingFactor));
        Assert.Equal(one2.Verdict, two2.Verdict);
    }

    [Fact]
    public void A_folded_layer_computes_what_training_does()
    {
        random.manual_seed(6);
        foreach (var width in new[] { 4, 12, 32 })
        {
            using var layer = new SizedGroups(width);
            var x = randn(3, width);
            var y = new float[3 * 6];
            ((FoldedLinear)layer.Fold()).Forward(x.data<float>().ToArray(), y, 3);
            AssertClose(layer.forward(x), tensor(y).view(3, 6));
        }
    }

    [Fact]
    public void Inputs_in_codes_are_calibrated_at_any_size()
    {
        random.manual_seed(7);
        using var layer = new SizedRows(12, 5);
        var x = randn(16, 12);
        layer.Calibrate([x]);
        Assert.Equal([16, 5], layer.forward(x).shape);
        Assert.Equal(12, layer.Inputs);
    }

    [Fact]
    public void An_embedding_reads_its_table()
    {
        using var layer = new SizedEmbedding(11, 4);
        var indices = tensor(new long[] { 0, 3, 10 });
        var rows = layer.forward(indices);
        Assert.Equal([3, 4], rows.shape);
        Assert.Equal(0, rows[1].abs().sum().item<float>());
        rows.sum().backward();
        Assert.Equal(8, layer.parameters().Single().grad!.sum().item<float>()); // not the padding row
        Assert.Throws<IndexOutOfTableException>(() => layer.forward(tensor(new long[] { 11 })));
    }

    [Fact]
    public void A_constructor_may_call_the_generated_one()
    {
        using var layer = new SizedSum();
        Assert.Equal((8, 6), (layer.Inputs, layer.Width));
    }

    [Theory]
    [InlineData(16, 12, 3)]
    [InlineData(5, 4, 2)]
    public void A_model_trains_and_folds_at_the_sizes_that_it_was_given(int inputs, int width, int classes)
    {
        random.manual_seed(8);
        using var model = new SizedMlp(inputs, width, classes);
        var optimizer = optim.Adam(model.parameters(), 0.01);
        var (x, wanted) = (randn(32, inputs), randint(classes, [32]));
        var first = Step();
        for (var step = 0; step < 40; step++)
        {
            Step();
        }

        Assert.True(Step() < first);
        using var folded = model.FoldTorch();
        AssertClose(model.forward(x), folded.forward(x));
        Assert.Equal(3, model.Certificates.Count);
        Assert.Equal((inputs * width) + width + (2 * (inputs + width)), model.Certificates[0].Parameters);

        double Step()
        {
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.forward(x), wanted);
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused_by_the_name_of_the_layer()
    {
        AssertRefused("SizedPlain", "inputs", 0, () => new SizedPlain(0, 5));
        AssertRefused("SizedSum", "width", -1, () => new SizedSum(8, -1));
        AssertRefused("SizedSum", "width", 1L << 31, () => new SizedSum(8, 1L << 31));
        AssertRefused("SizedSum", "the rank of [LowRank]", 2, () => new SizedSum(8, 1));
        AssertRefused("SizedGroups", "inputs", 10, () => new SizedGroups(10));
        AssertRefused("SizedEmbedding", "the number of vectors", 3, () => new SizedEmbedding(3, 4));
        AssertRefused("Hidden", "the rank of [LowRank]", 2, () => new SizedMlp(5, 1, 2));
        Assert.Contains("the number of columns of the weight of 1048576 × 1048576 is 1048576", Assert.Throws<LayerSizeException>(() => new SizedPlain(1 << 20, 1 << 20)).Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string layer, string size, long actual, Func<nn.Module> make)
    {
        var refusal = Assert.Throws<LayerSizeException>(make);
        Assert.Equal((layer, size, actual), (refusal.Layer, refusal.Size, refusal.Actual));
        Assert.Contains(layer, refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(expected.shape.SequenceEqual(actual.shape) && (expected - actual).abs().max().to_type(float64).item<double>() <= Tolerance * Math.Max(1, expected.abs().max().to_type(float64).item<double>()), $"{expected} and {actual}");
}
