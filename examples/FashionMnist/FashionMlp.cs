using static TorchSharp.torch;

namespace LayerDsl.Examples;

/// <summary>784 pixels, two hidden layers of 512, ten classes.</summary>
[LayerModel]
public sealed partial class FashionMlp : nn.Module<Tensor, Tensor>
{
    [Linear(784, 512), Compander]
    public partial Layer Hidden { get; }

    [Linear(512, 512), LowRank(8)]
    public partial Layer Middle { get; }

    [Linear(512, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) =>
        Head.forward(nn.functional.relu(Middle.forward(nn.functional.relu(Hidden.forward(x)))));
}
