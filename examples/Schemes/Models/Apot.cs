using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Schemes.Models;

/// <summary>Every weight in 8 bits: Apot.</summary>
[LayerModel]
public sealed partial class ApotBits8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Apot)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Apot)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Apot)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Apot)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Apot)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: Apot.</summary>
[LayerModel]
public sealed partial class ApotBits2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.Apot)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.Apot)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.Apot)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.Apot)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.Apot)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
