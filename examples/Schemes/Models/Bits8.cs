using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Schemes.Models;

/// <summary>Every weight in 8 bits: Uniform.</summary>
[LayerModel]
public sealed partial class Uniform8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: Log2.</summary>
[LayerModel]
public sealed partial class Log28 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Log2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Log2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Log2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Log2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Log2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: LogSqrt2.</summary>
[LayerModel]
public sealed partial class LogSqrt28 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.LogSqrt2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.LogSqrt2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.LogSqrt2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.LogSqrt2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.LogSqrt2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: StatsQ.</summary>
[LayerModel]
public sealed partial class StatsQ8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.StatsQ)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.StatsQ)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.StatsQ)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.StatsQ)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.StatsQ)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: Lsq.</summary>
[LayerModel]
public sealed partial class Lsq8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Lsq)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Lsq)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Lsq)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Lsq)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Lsq)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: DoReFa. It stretches every matrix to [-1, 1], so that logits come out some hundred times as large: they are scaled back.</summary>
[LayerModel]
public sealed partial class DoReFa8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.DoReFa)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.DoReFa)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.DoReFa)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.DoReFa)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.DoReFa)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts))))) * 0.01;
    }
}

/// <summary>Every weight in 8 bits: Fp8E4M3.</summary>
[LayerModel]
public sealed partial class Fp8E4M38 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Fp8E4M3)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Fp8E4M3)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Fp8E4M3)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Fp8E4M3)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Fp8E4M3)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: Fp8E5M2.</summary>
[LayerModel]
public sealed partial class Fp8E5M28 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Fp8E5M2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Fp8E5M2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Fp8E5M2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Fp8E5M2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Fp8E5M2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: LSQ, and inputs by a learned step of as many bits.</summary>
[LayerModel]
public sealed partial class Inputs8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationBits = 8, ActivationScheme = Scheme.Lsq)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationBits = 8, ActivationScheme = Scheme.Lsq)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationBits = 8, ActivationScheme = Scheme.Lsq)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationBits = 8, ActivationScheme = Scheme.Lsq)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationBits = 8, ActivationScheme = Scheme.Lsq)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
