using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Norms;

/// <summary>Generated normalizations against TorchSharp's own, or against the formula where it has none, differentiated by its tape.</summary>
public sealed class NormTests
{
    private sealed record Case(Func<Layer> Make, long Features, Func<IReadOnlyDictionary<string, Tensor>, Tensor, bool, Tensor> Reference, bool OfImages = false)
    {
        public bool HasStatistics { get; init; }
    }

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["batch norm"] = new(() => new PlainBatchNorm(), 3, (p, x, training) => BatchNorm(p, x, training, 1e-5), OfImages: true) { HasStatistics = true },
        ["fast batch norm"] = new(() => new FastBatchNorm(), 4, (p, x, training) => BatchNorm(p, x, training, 1e-3), OfImages: true) { HasStatistics = true },
        ["bare batch norm"] = new(() => new BareBatchNorm(), 3, (p, x, training) => BatchNorm(p, x, training, 1e-5), OfImages: true) { HasStatistics = true },
        ["batch norm of one channel"] = new(() => new OneChannelBatchNorm(), 1, (p, x, training) => BatchNorm(p, x, training, 1e-5), OfImages: true) { HasStatistics = true },
        ["batch norm of rows"] = new(() => new RowBatchNorm(), 5, (p, x, training) => BatchNorm(p, x, training, 1e-5)) { HasStatistics = true },
        ["fast batch norm of rows"] = new(() => new FastRowBatchNorm(), 4, (p, x, training) => BatchNorm(p, x, training, 1e-3)) { HasStatistics = true },
        ["bare batch norm of rows"] = new(() => new BareRowBatchNorm(), 3, (p, x, training) => BatchNorm(p, x, training, 1e-5)) { HasStatistics = true },
        ["batch norm of one column"] = new(() => new OneColumnBatchNorm(), 1, (p, x, training) => BatchNorm(p, x, training, 1e-5)) { HasStatistics = true },
        ["layer norm"] = new(() => new PlainLayerNormalization(), 7, (p, x, _) => nn.functional.layer_norm(x, [7], p["weight"], p["bias"], 1e-5)),
        ["unbiased layer norm"] = new(() => new UnbiasedLayerNormalization(), 5, (p, x, _) => nn.functional.layer_norm(x, [5], p["weight"], null, 1e-2)),
        ["layer norm of one feature"] = new(() => new OneFeatureLayerNormalization(), 1, (p, x, _) => nn.functional.layer_norm(x, [1], p["weight"], p["bias"], 1e-5)),
        ["rms norm"] = new(() => new PlainRootMeanSquare(), 7, (p, x, _) => RmsNorm(p, x, 1e-6)),
        ["rms norm of one feature"] = new(() => new OneFeatureRootMeanSquare(), 1, (p, x, _) => RmsNorm(p, x, 1e-3)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static TheoryData<string> WithStatistics => [.. Cases.Where(pair => pair.Value.HasStatistics).Select(pair => pair.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_and_gradients_equal_those_of_the_tape(string name)
    {
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-9), (ScalarType.Float32, 1e-4) })
        {
            foreach (var training in new[] { true, false })
            {
                foreach (var batch in new[] { 1, 4 })
                {
                    var layer = Disturbed(name, type);
                    layer.train(training);
                    var copies = Copies(layer);
                    var x = Input(name, batch, type).requires_grad_(true);
                    var xCopy = x.detach().clone().requires_grad_(true);
                    var y = layer.forward(x);
                    var expected = Cases[name].Reference(copies, xCopy, training);
                    GradientTests.AssertClose(expected, y, tolerance, "output");

                    var upstream = randn_like(y);
                    (y * upstream).sum().backward();
                    (expected * upstream).sum().backward();
                    GradientTests.AssertClose(xCopy.grad!, x.grad!, tolerance, "x", name.Contains("one feature", StringComparison.Ordinal) ? 1 : null);
                    foreach (var (parameterName, parameter) in layer.named_parameters())
                    {
                        GradientTests.AssertClose(copies[parameterName].grad!, parameter.grad!, tolerance, parameterName, name.Contains("one feature", StringComparison.Ordinal) ? 1 : null);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivatives_equal_those_of_the_tape(string name)
    {
        if (name.Contains("one feature", StringComparison.Ordinal))
        {
            return; // Both are zero up to rounding: nothing to compare.
        }

        var layer = Disturbed(name, float64);
        var copies = Copies(layer);
        var x = Input(name, 3, float64).requires_grad_(true);
        var xCopy = x.detach().clone().requires_grad_(true);
        var upstream = randn_like(x);
        Penalty(layer.forward(x), x).backward();
        Penalty(Cases[name].Reference(copies, xCopy, true), xCopy).backward();
        GradientTests.AssertClose(xCopy.grad!, x.grad!, 1e-8, "x");
        foreach (var (parameterName, parameter) in layer.named_parameters().Where(pair => pair.name != "bias"))
        {
            GradientTests.AssertClose(copies[parameterName].grad!, parameter.grad!, 1e-8, parameterName);
        }

        Tensor Penalty(Tensor y, Tensor from) => autograd.grad([(y * y * upstream).sum()], [from], retain_graph: true, create_graph: true)[0].square().sum();
    }

    [Theory]
    [MemberData(nameof(WithStatistics))]
    public void Running_statistics_follow_as_those_of_TorchSharp(string name)
    {
        var (isFast, isAffine) = (name.StartsWith("fast", StringComparison.Ordinal), !name.StartsWith("bare", StringComparison.Ordinal));
        var (layer, features, momentum, eps) = (Cases[name].Make(), Cases[name].Features, isFast ? 0.3 : 0.1, isFast ? 1e-3 : 1e-5);
        layer.to(float64);
        nn.Module<Tensor, Tensor> reference = Cases[name].OfImages
            ? nn.BatchNorm2d(features, eps, momentum, affine: isAffine, dtype: float64)
            : nn.BatchNorm1d(features, eps, momentum, affine: isAffine, dtype: float64);
        manual_seed(9);
        for (var step = 0; step < 5; step++)
        {
            var x = (Input(name, 3, float64) * (step + 1)) + step;
            GradientTests.AssertClose(reference.forward(x), layer.forward(x), 1e-9, "output");
        }

        var (expected, actual) = (reference.state_dict(), layer.state_dict());
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.Equal(5, actual["num_batches_tracked"].item<long>());
        foreach (var (key, value) in expected)
        {
            GradientTests.AssertClose(value.to_type(float64), actual[key].to_type(float64), 1e-9, key);
        }

        reference.eval();
        layer.eval();
        var sample = Input(name, 2, float64);
        GradientTests.AssertClose(reference.forward(sample), layer.forward(sample), 1e-9, "eval output");
        Assert.Equal(5, layer.state_dict()["num_batches_tracked"].item<long>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_keeps_the_output_within_the_bound(string name)
    {
        var layer = Disturbed(name, float32);
        layer.eval();
        foreach (var (scale, offset) in new[] { (3.0, 0.0), (0.01, 0.0), (1.0, 100.0), (0.0, 2.0) })
        {
            var x = ((Input(name, 5, float32) * scale) + offset).contiguous();
            var training = layer.forward(x).detach();
            var bound = layer.RoundingBoundAt(x.to_type(float64), zeros_like(x, float64));
            AssertWithin(bound, training, Run(layer.Fold(), x));
            AssertWithin(bound, training, layer.FoldTorch().forward(x).detach());
            AssertWithin(bound, training, layer.FoldLayer().forward(x).detach());
            AssertWithin(layer.RoundingBound(x.to_type(float64).abs(), zeros_like(x, float64)), training, Run(layer.Fold(), x));
            Assert.Equal(training.shape, bound.shape);
            Assert.True(scale < 1 || offset > 0 || name.Contains("one feature", StringComparison.Ordinal) || bound.max().item<double>() < 1e-4, "the bound says something: " + bound.max().item<double>());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_error_of_the_input_is_carried_through_the_bound(string name)
    {
        var layer = Disturbed(name, float64);
        layer.eval();
        var x = Input(name, 4, float64);
        foreach (var size in new[] { 1e-6, 1e-2, 1.0 })
        {
            var moved = x + ((rand_like(x) * 2) - 1) * size;
            var bound = layer.RoundingBoundAt(x, full_like(x, size));
            AssertWithin(bound, layer.forward(x).detach(), layer.forward(moved).detach());
        }
    }

    [Fact]
    public void Constant_rows_become_the_bias()
    {
        var layer = new PlainLayerNormalization();
        layer.LoadWeight(randn(7), arange(7, float32));
        var y = layer.forward(full([2, 7], 3.25f, float32)).detach();
        Assert.Equal(arange(7, float32).expand(2, 7).data<float>().ToArray(), y.data<float>().ToArray());
        Assert.Equal(y.data<float>().ToArray(), Run(layer.Fold(), full([2, 7], 3.25f, float32)).data<float>().ToArray());
        Assert.True(new PlainRootMeanSquare().forward(zeros(2, 7)).eq(0).all().item<bool>());
    }

    [Fact]
    public void A_batch_with_one_value_per_channel_is_refused_in_training_only()
    {
        var layer = new PlainBatchNorm();
        var error = Assert.Throws<LayerShapeException>(() => layer.forward(zeros(1, 3, 1, 1)));
        Assert.Contains("more than one value for each channel", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, layer.state_dict()["num_batches_tracked"].item<long>());
        layer.eval();
        Assert.Equal([1L, 3, 1, 1], layer.forward(zeros(1, 3, 1, 1)).shape);

        var rows = new RowBatchNorm();
        error = Assert.Throws<LayerShapeException>(() => rows.forward(zeros(1, 5)));
        Assert.Contains("more than one value for each feature", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, rows.state_dict()["num_batches_tracked"].item<long>());
        rows.eval();
        Assert.Equal([1L, 5], rows.forward(zeros(1, 5)).shape);
    }

    [Fact]
    public void Inputs_and_weights_that_do_not_fit_are_refused()
    {
        foreach (var shape in new long[][] { [2, 4, 5, 5], [3, 5, 5], [0, 3, 5, 5], [2, 3] })
        {
            Assert.Throws<LayerShapeException>(() => new PlainBatchNorm().forward(zeros(shape)));
        }

        foreach (var shape in new long[][] { [2, 4], [5], [0, 5], [2, 5, 3], [2, 3, 5] })
        {
            Assert.Throws<LayerShapeException>(() => new RowBatchNorm().forward(zeros(shape)));
        }

        Assert.Throws<LayerTypeException>(() => new PlainBatchNorm().forward(zeros([1, 3, 9, 9], float64)));
        Assert.Throws<LayerTypeException>(() => new RowBatchNorm().forward(zeros([2, 5], float64)));
        Assert.Throws<LayerShapeException>(() => new RowBatchNorm().FoldLayer().forward(zeros(2, 4)));
        Assert.Throws<LayerShapeException>(() => new PlainLayerNormalization().forward(zeros(2, 6)));
        Assert.Throws<LayerTypeException>(() => new PlainRootMeanSquare().forward(zeros([2, 7], float64)));
        Assert.Throws<LayerShapeException>(() => new PlainRootMeanSquare().LoadWeight(zeros(7), zeros(7)));
        Assert.Throws<LayerShapeException>(() => new BareBatchNorm().LoadWeight(ones(3)));
        Assert.Throws<NonFiniteWeightException>(() => new PlainBatchNorm().LoadWeight(full([3], double.NaN, float32)));
    }

    [Fact]
    public void A_negative_running_variance_is_refused_at_the_fold()
    {
        var layer = new PlainBatchNorm();
        using (no_grad())
        {
            layer.state_dict()["running_var"].fill_(-1);
        }

        Assert.Throws<NonFiniteWeightException>(() => layer.Fold());
        Assert.Throws<NonFiniteWeightException>(() => layer.FoldLayer());
    }

    [Theory]
    [InlineData("batch norm")]
    [InlineData("batch norm of rows")]
    public void A_saved_state_of_TorchSharp_loads_by_name(string name)
    {
        manual_seed(4);
        nn.Module<Tensor, Tensor> reference = Cases[name].OfImages ? nn.BatchNorm2d(Cases[name].Features) : nn.BatchNorm1d(Cases[name].Features);
        for (var step = 0; step < 3; step++)
        {
            _ = reference.forward((Input(name, 4, float32) * 2) + 1);
        }

        var layer = Cases[name].Make();
        layer.load_state_dict(reference.state_dict());
        reference.eval();
        layer.eval();
        var x = Input(name, 2, float32);
        GradientTests.AssertClose(reference.forward(x), layer.forward(x), 1e-5, "output");
    }

    [Fact]
    public void The_certificate_tells_which_mode_folds()
    {
        var certificate = new PlainBatchNorm().GetCertificate();
        Assert.Contains("proved for every input, parameter and size", certificate.Verdict, StringComparison.Ordinal);
        Assert.Contains(certificate.SideConditions, condition => condition.Contains("eval mode", StringComparison.Ordinal));
        Assert.Equal((6L, 6L), (certificate.Parameters, certificate.FoldedParameters));
        Assert.Equal((10L, 10L), (new UnbiasedLayerNormalization().GetCertificate().Parameters + 5, new UnbiasedLayerNormalization().GetCertificate().FoldedParameters + 5));
    }

    internal static Tensor Run(FoldedLayer form, Tensor x)
    {
        var (values, y) = (x.contiguous().data<float>().ToArray(), new float[x.numel()]);
        switch (form)
        {
            case FoldedBatchNorm2d norm:
                norm.Forward(values, y, (int)x.shape[0], (int)x.shape[2], (int)x.shape[3]);
                break;
            case FoldedBatchNorm1d norm:
                norm.Forward(values, y, (int)x.shape[0]);
                break;
            case FoldedLayerNorm norm:
                norm.Forward(values, y, (int)x.shape[0]);
                break;
            case FoldedRmsNorm norm:
                norm.Forward(values, y, (int)x.shape[0]);
                break;
            default:
                Assert.Fail("no normalization: " + form.GetType());
                break;
        }

        return tensor(y, x.shape);
    }

    /// <summary>Statistics of few rows would leave little of the values: four rows for each.</summary>
    private static Tensor Input(string name, int batch, ScalarType type) =>
        Cases[name].OfImages ? randn([batch, Cases[name].Features, 4, 3], type) : randn([Cases[name].HasStatistics ? 4 * batch : batch, Cases[name].Features], type);

    private static Layer Disturbed(string name, ScalarType type)
    {
        var layer = Cases[name].Make();
        layer.to(type);
        References.Disturb(layer, seed: 5);
        using var noGradient = no_grad();
        foreach (var (buffer, value) in layer.named_buffers().Where(pair => pair.name.StartsWith("running", StringComparison.Ordinal)))
        {
            value.add_(rand_like(value));
        }

        return layer;
    }

    private static Dictionary<string, Tensor> Copies(Layer layer)
    {
        var copies = References.Copies(layer);
        foreach (var (name, buffer) in layer.named_buffers())
        {
            copies[name] = buffer.detach().clone();
        }

        return copies;
    }

    private static Tensor BatchNorm(IReadOnlyDictionary<string, Tensor> p, Tensor x, bool training, double eps) => nn.functional.batch_norm(
        x, p["running_mean"], p["running_var"], p.GetValueOrDefault("weight"), p.GetValueOrDefault("bias"), training, 0.1, eps);

    private static Tensor RmsNorm(IReadOnlyDictionary<string, Tensor> p, Tensor x, double eps) =>
        x / (x.pow(2).mean([-1], keepdim: true) + eps).sqrt() * p["weight"];

    private static void AssertWithin(Tensor bound, Tensor expected, Tensor actual)
    {
        var difference = (expected.to_type(float64) - actual.to_type(float64)).abs();
        Assert.True((difference <= bound).all().item<bool>(), $"{(difference / bound).max().item<double>()} of the bound");
    }
}
