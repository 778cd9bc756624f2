using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Attention;

[Attention(12, 3)]
public sealed partial class FullAttention;

[Attention(12, 3, Causal = true)]
public sealed partial class CausalAttention;

[Attention(12, 4, KvHeads = 2)]
public sealed partial class GroupedAttention;

[Attention(12, 6, KvHeads = 1, Causal = true, Bias = false)]
public sealed partial class MultiQueryAttention;

[Attention(8, 1, Bias = false)]
public sealed partial class OneHeadAttention;

[Attention(12, 3, Causal = true), LowRank(2, On = Part.Query | Part.Value), Quantize(Bits = 4, On = Part.Key), Quantize(Bits = 8, Scheme = Scheme.Lsq, On = Part.Output)]
public sealed partial class MethodsApart;

[Attention(12, 4, KvHeads = 2), LowRank(2), Quantize(Bits = 6, Granularity = Granularity.Group, GroupSize = 4)]
public sealed partial class MethodsOnAll;

[Attention(12, 4, KvHeads = 2), SparseIso(0.5, Kind = SparseKind.Parallel, On = Part.Value), Compander(On = Part.Query), Quantize(Activations = true, On = Part.Output)]
public sealed partial class SparseAndRounded;

/// <summary>A block as transformers have it: attention around a residual, and a linear layer.</summary>
[LayerModel(5, 12)]
public sealed partial class Encoder : nn.Module<Tensor, Tensor>
{
    [Attention(12, 3), Quantize(Bits = 4, On = Part.Query | Part.Key), LowRank(2, On = Part.Value)]
    public partial Layer Mixer { get; }

    [Attention(12, 4, KvHeads = 2, Causal = true, Bias = false)]
    public partial Layer Second { get; }

    [Linear(12, 4)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = x + Mixer.forward(x);
        return Head.forward(h + Second.forward(h).gelu());
    }
}
