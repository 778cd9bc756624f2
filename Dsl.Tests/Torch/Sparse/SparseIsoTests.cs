using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Sparse;

public sealed class SparseIsoTests
{
    public static TheoryData<string> Names => SparseReferences.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_gradients_equal_those_of_the_tape(string name)
    {
        var layer = Prepared(name, float64);
        var copies = References.Copies(layer);
        var masks = Masks(layer);
        var x = randn([6, SparseReferences.InputsOf(name)], float64, requires_grad: true);
        var xCopy = x.detach().clone().requires_grad_(true);
        var y = layer.forward(x);
        var expected = SparseReferences.Forward(name, copies, xCopy, (mask, weight) => masks[mask] * weight);
        GradientTests.AssertClose(expected, y, 1e-9, "output");

        var upstream = randn_like(y);
        (y * upstream).sum().backward();
        (expected * upstream).sum().backward();
        GradientTests.AssertClose(xCopy.grad!, x.grad!, 1e-9, "x");
        foreach (var (parameterName, parameter) in layer.named_parameters())
        {
            Assert.Equal(copies[parameterName].requires_grad, parameter.grad is not null);
            if (parameter.grad is { } gradient)
            {
                GradientTests.AssertClose(copies[parameterName].grad!, gradient, 1e-9, parameterName);
            }
        }
    }

    [Theory]
    [InlineData("RigL doped")]
    [InlineData("RigL parallel")]
    [InlineData("RigL factorized")]
    [InlineData("doped, companded")]
    [InlineData("compander of parallel")]
    public void A_mask_that_asks_for_a_gradient_gets_the_dense_one_of_what_it_masks(string name)
    {
        var layer = Prepared(name, float64);
        var copies = References.Copies(layer);
        var masks = Masks(layer);
        var products = new Dictionary<string, Tensor>();
        var x = randn([6, 8], float64);
        foreach (var part in layer.GetMaskedParameters())
        {
            part.Mask.requires_grad = true;
        }

        var y = layer.forward(x);
        var expected = SparseReferences.Forward(name, copies, x, (mask, weight) =>
        {
            products[mask] = (masks[mask] * weight).detach().requires_grad_(true);
            return products[mask];
        });
        var upstream = randn_like(y);
        (y * upstream).sum().backward();
        (expected * upstream).sum().backward();
        foreach (var (mask, buffer) in layer.named_buffers())
        {
            var dense = buffer.grad!;
            GradientTests.AssertClose(products[mask].grad!, dense, 1e-9, mask);
            Assert.True(((1 - masks[mask]) * dense).abs().max().item<double>() > 0, "masked places have a gradient too");
        }
    }

    [Theory]
    [InlineData("RigL factorized")]
    [InlineData("doped, companded")]
    [InlineData("compander of parallel")]
    public void Second_derivatives_equal_those_of_the_tape(string name)
    {
        var layer = Prepared(name, float64);
        var copies = References.Copies(layer);
        var masks = Masks(layer);
        var x = randn([4, 8], float64, requires_grad: true);
        var xCopy = x.detach().clone().requires_grad_(true);
        Penalty(layer.forward(x), x).backward();
        Penalty(SparseReferences.Forward(name, copies, xCopy, (mask, weight) => masks[mask] * weight), xCopy).backward();
        foreach (var (parameterName, parameter) in layer.named_parameters().Where(pair => pair.name != "bias"))
        {
            GradientTests.AssertClose(copies[parameterName].grad!, parameter.grad!, 1e-9, parameterName);
        }

        static Tensor Penalty(Tensor y, Tensor x) => autograd.grad([(y * y).sum()], [x], retain_graph: true, create_graph: true)[0].square().sum();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Masked_weights_get_no_gradient(string name)
    {
        var layer = Prepared(name, float64);
        layer.forward(randn([4, SparseReferences.InputsOf(name)], float64)).sum().backward();
        foreach (var part in layer.GetMaskedParameters().Where(part => part.Weight.requires_grad))
        {
            Assert.Equal(0, (part.Weight.grad! * (1 - part.Mask)).abs().max().item<double>());
            Assert.Null(part.Mask.grad);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_keeps_the_output_within_the_bound(string name)
    {
        var layer = Prepared(name, float32);
        var x = randn(40, SparseReferences.InputsOf(name)) * 3;
        var training = layer.forward(x).detach();
        var bound = layer.RoundingBound(x.to_type(float64).abs(), zeros_like(x, float64));
        var folded = (FoldedLinear)layer.Fold();
        var y = new float[40 * folded.OutFeatures];
        folded.Forward(x.data<float>().ToArray(), y, 40);
        foreach (var output in new[] { tensor(y).view(40, -1), layer.FoldTorch().forward(x).detach(), layer.FoldLayer().forward(x).detach() })
        {
            Assert.True(((training - output).to_type(float64).abs() <= bound).all().item<bool>());
        }

        Assert.True(bound.max().item<double>() < 1e-2, "the bound says something");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_fold_is_proved_and_every_gradient_checked(string name)
    {
        var certificate = SparseReferences.Layers[name]().GetCertificate();
        Assert.StartsWith("proved for every input, parameter and size", certificate.Verdict, StringComparison.Ordinal);
        Assert.Contains("2303.11525", certificate.Paper, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_are_buffers_that_survive_saving_and_loading()
    {
        var layer = Prepared("RigL parallel", float32);
        var other = new RigLParallelLayer();
        Assert.Equal(["mask"], layer.named_buffers().Select(buffer => buffer.name));
        Assert.DoesNotContain(layer.named_parameters(), pair => pair.name == "mask");
        Assert.False(Same(layer.get_buffer("mask")!, other.get_buffer("mask")!));
        var path = Path.GetTempFileName();
        layer.save(path);
        other.load(path);
        Assert.True(Same(layer.get_buffer("mask")!, other.get_buffer("mask")!));
        var x = randn(3, 8);
        Assert.True(Same(layer.forward(x), other.forward(x)));
        File.Delete(path);
    }

    [Fact]
    public void A_layer_changes_type_with_its_masks()
    {
        var layer = new ParallelLayer();
        var before = layer.GetMaskedParameters()[0].Mask.clone();
        layer.to(float64);
        Assert.Equal(float64, layer.GetMaskedParameters()[0].Mask.dtype);
        Assert.True(Same(layer.GetMaskedParameters()[0].Mask.to_type(float32), before));
        Assert.Equal(float64, layer.forward(randn([2, 8], float64)).dtype);
    }

    [Fact]
    public void Masks_have_exactly_the_ones_declared_and_are_drawn_anew_for_each_layer()
    {
        var mask = new TenBranchesLayer().GetMaskedParameters()[0].Mask;
        Assert.Equal([10L, 30L, 40L], mask.shape);
        Assert.All(Enumerable.Range(0, 10), n => Assert.Equal(120, mask[n].sum().item<float>()));
        Assert.False(Same(mask[0], mask[1]));
        Assert.False(Same(mask, new TenBranchesLayer().GetMaskedParameters()[0].Mask));
        Assert.Equal(1, new OneByOneSparseLayer().GetMaskedParameters()[0].Mask.sum().item<float>());
        Assert.Equal(1, new NearlyEmptyLayer().GetMaskedParameters()[0].Mask.sum().item<float>());
        Assert.Equal(48, new DenseParallelLayer().GetMaskedParameters()[0].Mask.sum().item<float>());
    }

    [Theory]
    [InlineData("doped")]
    [InlineData("parallel")]
    [InlineData("doped, companded")]
    [InlineData("compander of parallel")]
    [InlineData("parallel without sparsity")]
    public void A_loaded_weight_is_the_effective_weight_where_a_mask_lets_it_through_and_zero_elsewhere(string name)
    {
        var layer = SparseReferences.Layers[name]();
        var weight = (rand(6, 8) - 0.5) * 0.7;
        layer.LoadWeight(weight);
        var mask = layer.GetMaskedParameters()[0].Mask;
        var covered = mask.dim() == 3 ? mask.amax([0]) : mask;
        GradientTests.AssertClose(weight * covered, tensor(((FoldedLinear)layer.Fold()).Weight.ToArray()).view(6, 8), 1e-5, name);
    }

    [Fact]
    public void Factors_cannot_take_a_weight_and_say_so_before_anything_changes()
    {
        var layer = new FactorizedLayer();
        var before = layer.state_dict()["factor_U"].clone();
        var error = Assert.Throws<FactorizedWeightException>(() => layer.LoadWeight(ones(6, 8)));
        Assert.Contains("FactorizedLayer", error.Message, StringComparison.Ordinal);
        Assert.True(Same(before, layer.state_dict()["factor_U"]));
    }

    [Fact]
    public void A_layer_that_is_not_a_number_is_not_folded()
    {
        var layer = new ParallelLayer();
        using (no_grad())
        {
            layer.GetMaskedParameters()[0].Weight.fill_(float.NaN);
        }

        Assert.Throws<NonFiniteWeightException>(layer.Fold);
    }

    [Fact]
    public void A_sparse_fold_takes_no_more_bytes_and_operations_than_its_certificate_says()
    {
        var layer = new TenBranchesLayer();
        var certificate = layer.GetCertificate();
        Assert.Equal(1200, certificate.FoldedParameters); // ten branches of a tenth: at most as many as the dense weight has
        Assert.Equal(2400, certificate.InferenceFlops);
        Assert.Equal(4 * 1200, certificate.FoldedBytes);
        Assert.Equal(2 * 4 * 12000, certificate.StoredBytes);
        Assert.True(layer.Fold().ByteCount <= certificate.FoldedBytes);
    }

    private static Layer Prepared(string name, ScalarType type)
    {
        var layer = SparseReferences.Layers[name]();
        layer.to(type);
        SparseReferences.Disturb(layer, seed: 3);
        return layer;
    }

    private static Dictionary<string, Tensor> Masks(Layer layer) =>
        layer.named_buffers().ToDictionary(pair => pair.name, pair => pair.buffer.detach().clone());

    private static bool Same(Tensor a, Tensor b) => a.eq(b).all().item<bool>();
}
