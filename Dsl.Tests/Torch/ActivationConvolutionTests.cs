using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>Convolutions with rounded inputs: training, the folded half and TorchSharp's own convolution of the rounded input.</summary>
public sealed class ActivationConvolutionTests
{
    private static readonly Dictionary<string, Func<Layer>> Layers = new()
    {
        ["uniform 8"] = () => new Activated.Convolution(),
        ["groups, stride, dilation"] = () => new Activated.GroupedConvolution(),
        ["1×1, shifts"] = () => new Activated.Pointwise(),
        ["shifts by parity"] = () => new Activated.ShiftedConvolutionByParity(),
        ["NF4"] = () => new Activated.NormalFloatConvolution(),
        ["planes"] = () => new Activated.ConvolutionOfPlanes(),
        ["branch"] = () => new Activated.ConvolutionWithBranch(),
        ["masked branches, shifts"] = () => new Activated.ConvolutionOfMaskedBranches(),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_folded_convolution_computes_the_same_within_the_bound(string name)
    {
        foreach (var seed in Enumerable.Range(0, 3))
        {
            random.manual_seed(seed);
            var layer = Layers[name]();
            layer.Calibrate([randn(4, 4, 7, 6)]);
            var x = randn(2, 4, 7, 6) * 2; // Some values are clipped.
            var y = layer.forward(x);
            var folded = (FoldedConv2d)layer.Fold();
            Assert.Equal(name is not ("NF4" or "planes" or "branch"), folded.Integers is not null);
            var values = new float[y.numel()];
            folded.Forward(x.data<float>().ToArray(), values, 2, 7, 6);
            var error = (tensor(values).reshape(y.shape) - y).to_type(float64).abs();
            var bound = layer.RoundingBound(x.to_type(float64).abs(), zeros_like(x, float64));
            Assert.True(error.le(bound).all().item<bool>(), $"{error.max().item<double>()} > {bound.max().item<double>()}");
            Assert.True(bound.max().item<double>() < 1e-3, "the bound says nothing");
            Assert.True(allclose(y, layer.FoldTorch().call(x), rtol: 1e-5, atol: 1e-5));
            Assert.True(allclose(y, layer.FoldLayer().forward(x), rtol: 1e-5, atol: 1e-5));
        }
    }

    /// <summary>Rounding passes the gradient on where it does not clip, and the rest is TorchSharp's convolution with the merged kernel.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_the_input_is_that_of_the_merged_convolution(string name)
    {
        random.manual_seed(4);
        var layer = Layers[name]();
        layer.Calibrate([rand(4, 4, 7, 6)]);
        var x = rand(2, 4, 7, 6) * 0.9;
        var (own, reference) = (x.clone().requires_grad_(), x.clone().requires_grad_());
        var merged = (nn.Module<Tensor, Tensor>)layer.FoldTorch().children().Last();

        layer.forward(own).square().sum().backward();
        merged.call(reference).backward([layer.forward(x).detach() * 2]);

        Assert.True(allclose(reference.grad!, own.grad!, rtol: 1e-4, atol: 1e-4), $"{(reference.grad! - own.grad!).abs().max().item<float>()}");
    }

    /// <summary>Outside of the image lies 0, also on a grid whose code of 0 is another.</summary>
    [Fact]
    public void Padding_is_zero_on_every_grid()
    {
        random.manual_seed(2);
        var layer = new Activated.Convolution();
        layer.Calibrate([randn(4, 4, 5, 5) + 3]);
        var folded = (FoldedConv2d)layer.Fold();
        var values = new float[6 * 25];
        folded.Forward(new float[4 * 25], values, 1, 5, 5);
        Assert.All(values.Chunk(25).Zip(folded.Bias.ToArray()), row => Assert.All(row.First, value => Assert.Equal(row.Second, value)));
        Assert.True(layer.forward(zeros(1, 4, 5, 5)).amax([0, 2, 3]).equal(tensor(folded.Bias.ToArray())).all().item<bool>());
    }

    [Fact]
    public void Leading_dimensions_of_a_linear_layer_stay()
    {
        foreach (var layer in new Layer[] { ActivationTests.Calibrated(new Activated.Uniform8(), 1), ActivationTests.Calibrated(new Activated.Groups(), 1) })
        {
            var x = randn([2, 3, 4, 12], requires_grad: true);
            var y = layer.forward(x);
            Assert.Equal([2, 3, 4, 5], y.shape);
            Assert.True(allclose(y.reshape(24, 5), layer.forward(x.reshape(24, 12)), rtol: 1e-6, atol: 1e-6));
            y.sum().backward();
            Assert.Equal(x.shape, x.grad!.shape);
        }
    }
}
