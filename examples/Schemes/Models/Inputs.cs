using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Schemes.Models;

/// <summary>Every weight in 8 bits: Uniform, and inputs on an even grid, of as many bits.</summary>
[LayerModel]
public sealed partial class UniformInputs8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Activations = true)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Activations = true)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Activations = true)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Activations = true)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Activations = true)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 8 bits: Lsq, and inputs clipped at a learned value, of as many bits.</summary>
[LayerModel]
public sealed partial class PactInputs8 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationScheme = Scheme.Pact)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationScheme = Scheme.Pact)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationScheme = Scheme.Pact)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationScheme = Scheme.Pact)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Scheme = Scheme.Lsq, Activations = true, ActivationScheme = Scheme.Pact)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 4 bits: Uniform, and inputs on an even grid, of as many bits.</summary>
[LayerModel]
public sealed partial class UniformInputs4 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 4, Activations = true, ActivationBits = 4)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 4, Activations = true, ActivationBits = 4)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 4, Activations = true, ActivationBits = 4)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 4, Activations = true, ActivationBits = 4)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 4, Activations = true, ActivationBits = 4)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 4 bits: Lsq, and inputs clipped at a learned value, of as many bits.</summary>
[LayerModel]
public sealed partial class PactInputs4 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 4, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: Uniform, and inputs on an even grid, of as many bits.</summary>
[LayerModel]
public sealed partial class UniformInputs2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Activations = true, ActivationBits = 2)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Activations = true, ActivationBits = 2)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Activations = true, ActivationBits = 2)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Activations = true, ActivationBits = 2)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Activations = true, ActivationBits = 2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}

/// <summary>Every weight in 2 bits: Lsq, and inputs clipped at a learned value, of as many bits.</summary>
[LayerModel]
public sealed partial class PactInputs2 : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 6, 5, Padding = 2), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Pact)]
    public partial Layer First { get; }

    [Conv2d(6, 16, 5), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Pact)]
    public partial Layer Second { get; }

    [Linear(400, 120), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Pact)]
    public partial Layer Third { get; }

    [Linear(120, 84), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Pact)]
    public partial Layer Fourth { get; }

    [Linear(84, 10), Quantize(Bits = 2, Scheme = Scheme.Lsq, Activations = true, ActivationBits = 2, ActivationScheme = Scheme.Pact)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
