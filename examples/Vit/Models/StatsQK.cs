using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Vit.Models;

/// <summary>Every matrix in 2 bits: StatsQ, queries and keys as one matrix of each head.</summary>
[LayerModel]
public sealed partial class StatsQKBits2 : nn.Module<Tensor, Tensor>
{
    [Linear(49, 64), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Patches { get; }
    [LayerNorm(1024)] public partial Layer Places { get; }
    [LayerNorm(64)] public partial Layer Before1 { get; }
    [Attention(64, 4, Bias = false), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Mixer1 { get; }
    [LayerNorm(64)] public partial Layer Between1 { get; }
    [Linear(64, 128), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Up1 { get; }
    [Linear(128, 64), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Down1 { get; }
    [LayerNorm(64)] public partial Layer Before2 { get; }
    [Attention(64, 4, Bias = false), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Mixer2 { get; }
    [LayerNorm(64)] public partial Layer Between2 { get; }
    [Linear(64, 128), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Up2 { get; }
    [Linear(128, 64), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Down2 { get; }
    [LayerNorm(64)] public partial Layer Before3 { get; }
    [Attention(64, 4, Bias = false), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Mixer3 { get; }
    [LayerNorm(64)] public partial Layer Between3 { get; }
    [Linear(64, 128), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Up3 { get; }
    [Linear(128, 64), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Down3 { get; }
    [LayerNorm(64)] public partial Layer Before4 { get; }
    [Attention(64, 4, Bias = false), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Mixer4 { get; }
    [LayerNorm(64)] public partial Layer Between4 { get; }
    [Linear(64, 128), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Up4 { get; }
    [Linear(128, 64), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Down4 { get; }
    [LayerNorm(64)] public partial Layer Last { get; }
    [Linear(1024, 10), Quantize(Bits = 2, Scheme = Scheme.StatsQ)] public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var tokens = Places.forward(Patches.forward(x.view(-1, 16, 49)).flatten(1)).view(-1, 16, 64);
        tokens += Mixer1.forward(Before1.forward(tokens));
        tokens += Down1.forward(gelu(Up1.forward(Between1.forward(tokens))));
        tokens += Mixer2.forward(Before2.forward(tokens));
        tokens += Down2.forward(gelu(Up2.forward(Between2.forward(tokens))));
        tokens += Mixer3.forward(Before3.forward(tokens));
        tokens += Down3.forward(gelu(Up3.forward(Between3.forward(tokens))));
        tokens += Mixer4.forward(Before4.forward(tokens));
        tokens += Down4.forward(gelu(Up4.forward(Between4.forward(tokens))));
        return Head.forward(Last.forward(tokens).flatten(1));
    }
}
