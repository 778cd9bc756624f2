using static TorchSharp.torch;

namespace LayerDsl.Examples;

/// <summary>64 pixels, two hidden layers, ten classes: each layer with another reparameterization.</summary>
[LayerModel]
public sealed partial class DigitsMlp : nn.Module<Tensor, Tensor>
{
    [Linear(64, 64), Compander]
    public partial Layer Hidden { get; }

    [Linear(64, 32), LowRank(4)]
    public partial Layer Middle { get; }

    [Linear(32, 10), Compander, LowRank(2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) =>
        Head.forward(nn.functional.relu(Middle.forward(nn.functional.relu(Hidden.forward(x)))));
}
