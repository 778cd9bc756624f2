using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Schemes.Models;

/// <summary>Every weight in 2 bits: Uniform.</summary>
[LayerModel]
public sealed partial class Uniform2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: Log2.</summary>
[LayerModel]
public sealed partial class Log22 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.Log2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.Log2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.Log2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.Log2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.Log2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: LogSqrt2.</summary>
[LayerModel]
public sealed partial class LogSqrt22 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.LogSqrt2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.LogSqrt2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.LogSqrt2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.LogSqrt2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.LogSqrt2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: StatsQ.</summary>
[LayerModel]
public sealed partial class StatsQ2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.StatsQ)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: Lsq.</summary>
[LayerModel]
public sealed partial class Lsq2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.Lsq)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.Lsq)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.Lsq)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.Lsq)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.Lsq)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: DoReFa. It stretches every matrix to [-1, 1], so that logits come out some hundred times as large: they are scaled back.</summary>
[LayerModel]
public sealed partial class DoReFa2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.DoReFa)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.DoReFa)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.DoReFa)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.DoReFa)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.DoReFa)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts))))) * 0.01;
    }
}

/// <summary>Every weight in 2 bits: Binary.</summary>
[LayerModel]
public sealed partial class Binary2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.Binary)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.Binary)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.Binary)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.Binary)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.Binary)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: LSQ, and inputs by a learned step of as many bits.</summary>
[LayerModel]
public sealed partial class Inputs2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Lsq)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Lsq)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Lsq)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Lsq)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Lsq)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
