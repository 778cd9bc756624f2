using static TorchSharp.torch;

namespace LayerDsl.Bench.Rows;

[Linear(1024, 4096), Compander, Quantize(Bits = 4)]
public sealed partial class CompandedLayer;

[Linear(1024, 1024), LowRank(8)]
public sealed partial class AdaptedLayer;

/// <summary>The layer once more with TorchSharp's own operations, one tape node for each; the usual idiom passes gradients straight through the rounding.</summary>
public sealed class EagerCompanded : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter v = new(randn(4096, 1024) * 0.03);
    private readonly TorchSharp.Modules.Parameter logA = new(zeros([]));
    private readonly TorchSharp.Modules.Parameter logB = new(zeros([]) - 0.7);
    private readonly TorchSharp.Modules.Parameter bias = new(zeros(4096));

    public EagerCompanded()
        : base(nameof(EagerCompanded)) => RegisterComponents();

    public Tensor Weight()
    {
        var companded = logA.exp() * (v / logB.exp()).atan();
        var scale = companded.abs().amax([1], keepdim: true) / 7;
        var rounded = (companded / scale).round().clamp(-8, 7) * scale;
        return companded + (rounded - companded).detach();
    }

    public override Tensor forward(Tensor x) => nn.functional.linear(x, Weight(), bias);
}

/// <inheritdoc cref="EagerCompanded"/>
public sealed class EagerAdapted : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter weight = new(randn(1024, 1024) * 0.03);
    private readonly TorchSharp.Modules.Parameter down = new(randn(8, 1024) * 0.03);
    private readonly TorchSharp.Modules.Parameter up = new(zeros(1024, 8));
    private readonly TorchSharp.Modules.Parameter bias = new(zeros(1024));

    public EagerAdapted()
        : base(nameof(EagerAdapted)) => RegisterComponents();

    public override Tensor forward(Tensor x) => nn.functional.linear(x, weight, bias) + x.matmul(down.t()).matmul(up.t());
}
