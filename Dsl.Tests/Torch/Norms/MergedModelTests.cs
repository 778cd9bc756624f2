using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Norms;

/// <summary>Folded models whose normalizations are merged, against their models in eval mode.</summary>
public sealed class MergedModelTests : IDisposable
{
    private readonly Core.TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    /// <summary>Float32 against float32: 2e-5 of the largest output.</summary>
    [Fact]
    public void Batch_normalizations_are_merged_into_convolutions()
    {
        var net = Trained(new BatchNormNet(), () => (randn(16, 3, 9, 9) * 2) + 1);
        var folded = net.Fold();
        var (x, y) = (randn(200, 3, 9, 9), new float[200 * 5]);
        net.eval();
        folded.Forward(x.data<float>().ToArray(), y, 200);

        Assert.Equal(["Stem", "Grouped", "Pointwise", "Head"], folded.Layers.Select(layer => layer.Name));
        Assert.All(folded.Layers.OfType<FoldedConv2d>(), layer => Assert.True(layer.HasBias));
        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 200, 5), 2e-5, "output");
        var report = net.VerifyFold(x);
        Assert.Equal(["Stem + StemNorm", "Grouped + GroupedNorm", "Pointwise + PointwiseNorm", "Head", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.All(report.Rows.SkipLast(1), row => Assert.InRange(row.Bound, 0, 1e-3));
        GradientTests.AssertClose(net.forward(x).detach(), net.FoldTorch().forward(x).detach(), 2e-5, "folded with TorchSharp, unmerged");
    }

    /// <summary>Float32 against float32: 2e-5 of the largest output.</summary>
    [Fact]
    public void Batch_normalizations_are_merged_into_linear_layers()
    {
        var net = Trained(new RowBatchNormNet(), () => (randn(16, 12) * 2) + 1);
        var folded = net.Fold();
        var (x, y) = (randn(200, 12), new float[200 * 64]);
        net.eval();
        folded.Forward(x.data<float>().ToArray(), y, 200);

        Assert.Equal(["Hidden", "Middle", "Rows", "Between", "Sparse"], folded.Layers.Select(layer => layer.Name));
        Assert.All(folded.Layers.OfType<FoldedLinear>(), layer => Assert.True(layer.HasBias));
        Assert.False(((FoldedLayerNorm)folded.Layers[2]).Weight.IsEmpty);
        Assert.IsType<FoldedSparseLinear>(folded.Layers[4]);
        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 200, 64), 2e-5, "output");
        var report = net.VerifyFold(x);
        Assert.Equal(["Hidden + HiddenNorm", "Middle + MiddleNorm", "Rows", "Between + BetweenNorm", "Sparse + SparseNorm", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.All(report.Rows.SkipLast(1), row => Assert.InRange(row.Bound, 0, 1e-3));
        GradientTests.AssertClose(net.forward(x).detach(), net.FoldTorch().forward(x).detach(), 2e-5, "folded with TorchSharp, unmerged");

        folded.Save(directory["rows"]);
        var again = new float[y.Length];
        RowBatchNormNet.Folded.Load(directory["rows"]).Forward(x.data<float>().ToArray(), again, 200);
        Assert.Equal(y, again);
    }

    /// <summary>Float32 against float32: 2e-5 of the largest output.</summary>
    [Fact]
    public void Batch_normalizations_are_merged_into_the_scales_of_codes()
    {
        var net = Trained(new CodedBatchNormNet(), () => (randn(16, 2, 6, 6) * 2) + 1);
        net.eval();
        var folded = net.Fold();
        var (x, y) = (randn(200, 2, 6, 6), new float[200 * 8]);
        folded.Forward(x.data<float>().ToArray(), y, 200);

        Assert.Equal(["Stem", "Powers", "Groups", "Planes", "Table", "Masked"], folded.Layers.Select(layer => layer.Name));
        Assert.All(folded.Layers, layer => Assert.True(Codes(layer) is not null));
        Assert.All([0, 2, 3, 4], layer => Assert.True(Codes(folded.Layers[layer])!.Scales.ToArray().Any(scale => scale < 0), $"layer {layer} has a factor below 0"));
        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 200, 8), 2e-5, "output");
        var report = net.VerifyFold(x);
        Assert.Equal(["Stem + StemNorm", "Powers + PowersNorm", "Groups + GroupsNorm", "Planes + PlanesNorm", "Table + TableNorm", "Masked + MaskedNorm", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));

        folded.Save(directory["codes"]);
        var again = new float[y.Length];
        CodedBatchNormNet.Folded.Load(directory["codes"]).Forward(x.data<float>().ToArray(), again, 200);
        Assert.Equal(y, again);
        var pairs = net.Certificates.Where(certificate => certificate.Layer.Contains('+')).ToArray();
        Assert.Equal(6, pairs.Length);
        Assert.All(pairs, pair => Assert.Contains("proved for every input, parameter and size", pair.Verdict, StringComparison.Ordinal));
        Assert.Equal(folded.Layers.Select(layer => (layer.ParameterCount, layer.ByteCount)).Take(5), pairs.Select(pair => (pair.FoldedParameters, pair.FoldedBytes)).Take(5));
    }

    [Fact]
    public void Codes_whose_scales_cannot_take_factors_stay_apart()
    {
        var net = Trained(new UnmergedCodesNet(), () => randn(16, 6));
        var (folded, x, y) = (net.Fold(), randn(50, 6), new float[50 * 6]);
        net.eval();
        folded.Forward(x.data<float>().ToArray(), y, 50);
        Assert.Equal(8, folded.Layers.Count);
        Assert.All(net.VerifyFold(x).Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
    }

    private static QuantizedWeight? Codes(FoldedLayer layer) => layer is FoldedConv2d convolution ? convolution.Quantized : ((FoldedLinear)layer).Quantized;

    [Fact]
    public void Scales_of_another_axis_than_the_rows_are_not_merged()
    {
        var net = Trained(new OtherAxisNet(), () => randn(16, 5, 4, 5));
        var (folded, x, y) = (net.Fold(), randn(20, 5, 4, 5), new float[20 * 100]);
        net.eval();
        folded.Forward(x.data<float>().ToArray(), y, 20);
        Assert.Equal(2, folded.Layers.Count);
        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 20, 5, 4, 5), 2e-5, "output");
    }

    [Fact]
    public void Weights_and_biases_of_row_normalizations_are_merged_into_linear_layers()
    {
        var net = Trained(new RowNormNet(), () => (randn(16, 12) * 2) + 1);
        var folded = net.Fold();
        var (x, y) = (randn(200, 12), new float[200 * 3]);
        folded.Forward(x.data<float>().ToArray(), y, 200);

        var first = (FoldedLayerNorm)folded.Layers[0];
        Assert.Equal((0, 0, 0), (first.Weight.Length, first.Bias.Length, ((FoldedRmsNorm)folded.Layers[2]).Weight.Length));
        Assert.Equal([true, true, false], new[] { 1, 3, 5 }.Select(k => ((FoldedLinear)folded.Layers[k]).HasBias));
        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 200, 3), 2e-5, "output");
        var report = net.VerifyFold(x);
        Assert.Equal(["First + Hidden", "Second + Middle", "Third + Head", "output"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
    }

    [Fact]
    public void Pairs_that_cannot_be_merged_stay_apart()
    {
        var net = Trained(new UnmergedNet(), () => randn(16, 2, 6, 6));
        var folded = net.Fold();
        var (x, y) = (randn(50, 2, 6, 6), new float[50 * 4]);
        net.eval();
        folded.Forward(x.data<float>().ToArray(), y, 50);

        Assert.Equal(8, folded.Layers.Count);
        Assert.False(((FoldedLayerNorm)folded.Layers[6]).Weight.IsEmpty);
        Assert.All(net.VerifyFold(x).Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.Equal(8, net.Certificates.Count);
        GradientTests.AssertClose(net.forward(x).detach(), tensor(y, 50, 4), 2e-5, "output");
    }

    [Fact]
    public void Merged_models_are_saved_and_loaded()
    {
        var (images, rows) = (Trained(new BatchNormNet(), () => randn(16, 3, 9, 9)).Fold(), Trained(new RowNormNet(), () => randn(16, 12)).Fold());
        images.Save(directory["images"]);
        rows.Save(directory["rows"]);
        var (x, y, again) = (randn(4, 243).data<float>().ToArray(), new float[20], new float[20]);
        images.Forward(x, y, 4);
        BatchNormNet.Folded.Load(directory["images"]).Forward(x, again, 4);
        Assert.Equal(y, again);

        Assert.Equal(["Head.weight", "Hidden.bias", "Hidden.weight", "Middle.bias", "Middle.weight"], SafetensorsFile.Read(directory["rows"]).Names.Order(StringComparer.Ordinal));
        rows.Forward(x.AsSpan(0, 48), y.AsSpan(0, 12), 4);
        RowNormNet.Folded.Load(directory["rows"]).Forward(x.AsSpan(0, 48), again.AsSpan(0, 12), 4);
        Assert.Equal(y, again);
    }

    [Fact]
    public void Every_merge_is_proved_for_every_size()
    {
        var pairs = new BatchNormNet().Certificates.Concat(new RowBatchNormNet().Certificates).Concat(new RowNormNet().Certificates).Where(certificate => certificate.Layer.Contains('+')).ToArray();
        Assert.Equal(10, pairs.Length);
        Assert.All(pairs, pair => Assert.Contains("proved for every input, parameter and size", pair.Verdict, StringComparison.Ordinal));
        Assert.All(pairs.Take(7), pair => Assert.Contains(pair.SideConditions, condition => condition.Contains("eval mode", StringComparison.Ordinal)));
        Assert.Equal((6 * 27) + 6, pairs[0].FoldedParameters);
        Assert.Equal((2 * 6 * 27) + 6, pairs[0].InferenceFlops);
        Assert.Equal(((12 * 10) + 10, (2 * 12 * 10) + 10), (pairs[3].FoldedParameters, pairs[3].InferenceFlops));
    }

    [Fact]
    public void What_cannot_be_merged_is_refused()
    {
        var convolution = new FoldedConv2d("c", new(1, 2, 1), [1, 2], []);
        var linear = new FoldedLinear("l", 2, 1, [1, 2], [3]);
        Assert.Throws<LayerShapeException>(() => convolution.MergeNext(new FoldedBatchNorm2d("b", [1], [0])));
        Assert.Throws<LayerShapeException>(() => linear.MergeNext(new FoldedBatchNorm1d("b", [1, 1], [0, 0])));
        Assert.Throws<NonFiniteWeightException>(() => linear.MergeNext(new FoldedBatchNorm1d("b", [float.MaxValue], [0])));
        Assert.Equal([-2, -4], linear.MergeNext(new FoldedBatchNorm1d("b", [-2], [5])).Weight.ToArray());
        Assert.Equal([-1], linear.MergeNext(new FoldedBatchNorm1d("b", [-2], [5])).Bias.ToArray());
        Assert.Throws<LayerShapeException>(() => linear.MergePrevious(new FoldedLayerNorm("n", 3, 1e-5, [], [])));
        Assert.Throws<LayerShapeException>(() => ((FoldedConv2d)new UnmergedNet().InCodes.Fold()).MergeNext(new FoldedBatchNorm2d("b", [1, 1], [0, 0])));
        Assert.Throws<NonFiniteWeightException>(() => convolution.MergeNext(new FoldedBatchNorm2d("b", [float.MaxValue, float.MaxValue], [0, 0])));
        var onGrid = new FoldedLinear("l", 2, 1, [1, 2], [3]) { Activation = new ActivationGrid("l", new ActivationFormat("Uniform", 8, Signed: false), 0.1f, 128) };
        Assert.Throws<LayerShapeException>(() => onGrid.MergePrevious(new FoldedLayerNorm("n", 2, 1e-5, [10, -1], [1, 2])));

        var merged = linear.MergePrevious(new FoldedLayerNorm("n", 2, 1e-5, [10, -1], [1, 2]));
        Assert.Equal([10, -2], merged.Weight.ToArray());
        Assert.Equal([8], merged.Bias.ToArray());
        merged = linear.MergePrevious(new FoldedRmsNorm("n", 2, 1e-5, [10, -1]));
        Assert.Equal([3], merged.Bias.ToArray());
    }

    /// <summary>Rows of codes times factors, the scales in groups or in planes, with a low-rank term beside them: against rows of numbers times the same.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Scales_of_codes_take_the_factors_of_their_rows(int planes)
    {
        var random = new Random(3);
        var format = new QuantizedFormat("Subject", 2, 4, planes == 0, planes == 0 ? QuantizedFormat.Steps(0, 4) : EquatableList.Create<float>([]), Rank: 1, BranchScale: 0.5f, planes);
        var codes = PackedCodes.Pack("l", [.. Enumerable.Range(0, 24).Select(_ => (byte)random.Next(4))], 3, 8, 2);
        var count = format.ScaleCount(3, 8);
        var weight = new QuantizedWeight("l", format, codes, Core.Folded.Values.Uniform(random, count), planes == 0 ? Core.Folded.Values.Uniform(random, count) : [], Core.Folded.Values.Uniform(random, 8), Core.Folded.Values.Uniform(random, 3));
        var layer = new FoldedQuantizedLinear("l", weight, [1, 2, 3]);
        var (norm, x) = (new FoldedBatchNorm1d("b", [2, -3, 0], [1, 0, 5]), Core.Folded.Values.Uniform(random, 5 * 8));
        var (apart, expected, merged) = (new float[15], new float[15], new float[15]);
        layer.Forward(x, apart, 5);
        norm.Forward(apart, expected, 5);

        layer.MergeNext(norm).Forward(x, merged, 5);

        Assert.All(expected.Zip(merged), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        layer.Forward(x, merged, 5);
        Assert.Equal(apart, merged);
    }

    /// <summary>Factors of both signs and offsets off zero, as training may bring them; then a few steps.</summary>
    private static TModel Trained<TModel>(TModel model, Func<Tensor> input)
        where TModel : nn.Module<Tensor, Tensor>
    {
        manual_seed(8);
        using (no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters())
            {
                parameter.add_(randn_like(parameter) * (name.Contains("Norm.weight", StringComparison.Ordinal) ? 2 : 0.2));
            }
        }

        var optimizer = optim.Adam(model.parameters(), 0.01);
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            model.forward(input()).square().mean().backward();
            optimizer.step();
        }

        return model;
    }
}
