using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>A convolutional network of LeNet's size, with methods on its layers.</summary>
[LayerModel(1, 28, 28)]
public sealed partial class ConvolutionalNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Compander]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), LowRank(4)]
    public partial Layer Second { get; }

    [Linear(400, 84), LowRank(8)]
    public partial Layer Hidden { get; }

    [Linear(84, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var a = nn.functional.max_pool2d(First.forward(x).relu(), 2);
        var b = nn.functional.avg_pool2d(Second.forward(a).relu(), 2, stride: 2);
        return Head.forward(Hidden.forward(b.flatten(1)).relu());
    }
}

[LayerModel]
public sealed partial class GlobalNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(3, 8, 3, Stride = 2, Padding = 1)]
    public partial Layer Stem { get; }

    [Conv2d(8, 8, 3, Padding = 1, Groups = 8, Bias = false)]
    public partial Layer Depthwise { get; }

    [Conv2d(8, 12, 1)]
    public partial Layer Pointwise { get; }

    [Linear(12, 5)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = Stem.forward(x.view(-1, 3, 17, 13)).gelu();
        h = nn.functional.max_pool2d(h + Depthwise.forward(h), 3, 2, padding: 1);
        return Head.forward(nn.functional.adaptive_avg_pool2d(Pointwise.forward(h).relu(), 1).flatten(1)).log_softmax(-1);
    }
}

public sealed class ConvolutionalModelTests
{
    [Fact]
    public void Folding_keeps_the_output_within_the_bound()
    {
        manual_seed(1);
        var net = Trained(new ConvolutionalNet(), randn(16, 1, 28, 28));
        var global = Trained(new GlobalNet(), randn(16, 3 * 17 * 13));

        Assert.All(net.VerifyFold(randn(40, 1, 28, 28)).Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.All(global.VerifyFold(randn(40, 3 * 17 * 13)).Rows, row => Assert.InRange(row.LargestRatio, 0, 1));
        Assert.Equal(["First", "Second", "Hidden", "Head", "output"], net.VerifyFold(randn(3, 1, 28, 28)).Rows.Select(row => row.Name));
    }

    [Fact]
    public void A_saved_model_gives_the_same_outputs_bit_by_bit()
    {
        manual_seed(2);
        var folded = Trained(new ConvolutionalNet(), randn(16, 1, 28, 28)).Fold();
        var path = Path.Combine(Directory.CreateTempSubdirectory("layerdsl-conv-").FullName, "net.safetensors");
        folded.Save(path);
        var loaded = ConvolutionalNet.Folded.Load(path);
        var x = randn(7, 784).data<float>().ToArray();
        var (before, after) = (new float[70], new float[70]);
        folded.Forward(x, before, 7);
        loaded.Forward(x, after, 7);
        Assert.Equal(before, after);
        Assert.Equal([84 * 400, 16 * 6 * 25], [((FoldedLinear)loaded.Layers[2]).Weight.Length, ((FoldedConv2d)loaded.Layers[1]).Weight.Length]);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void The_folded_TorchSharp_model_gives_the_same_outputs()
    {
        manual_seed(3);
        var net = Trained(new ConvolutionalNet(), randn(16, 1, 28, 28));
        var x = randn(9, 1, 28, 28);
        var (expected, actual) = (net.forward(x), net.FoldTorch().forward(x));
        Assert.True((expected - actual).abs().max().item<float>() < 1e-4f * expected.abs().max().item<float>());
    }

    [Fact]
    public void A_folded_model_refuses_another_convolution()
    {
        var net = new ConvolutionalNet();
        var (first, second, hidden, head) = ((FoldedConv2d)net.First.Fold(), (FoldedConv2d)net.Second.Fold(), (FoldedLinear)net.Hidden.Fold(), (FoldedLinear)net.Head.Fold());
        var other = new FoldedConv2d("Second", second.Geometry with { Stride = 2 }, second.Weight, second.Bias);
        Assert.Throws<LayerShapeException>(() => new ConvolutionalNet.Folded(first, other, hidden, head));
    }

    /// <summary>A step of training, so that adapters are no longer zero.</summary>
    private static TModel Trained<TModel>(TModel model, Tensor x)
        where TModel : nn.Module<Tensor, Tensor>
    {
        var optimizer = optim.Adam(model.parameters(), 0.01);
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            model.forward(x).square().mean().backward();
            optimizer.step();
        }

        return model;
    }
}
