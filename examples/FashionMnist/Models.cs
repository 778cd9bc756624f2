using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl.Examples.FashionMnist;

/// <summary>A classifier of 28 × 28 pictures of clothing: companded, low-rank and in 4-bit powers of two, sparse at the same number of operations.</summary>
[LayerModel]
public sealed partial class FashionMlp : nn.Module<Tensor, Tensor>
{
    [Linear(784, 512), Compander]
    public partial Layer Hidden { get; }

    [Linear(512, 512), LowRank(8), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public partial Layer Middle { get; }

    [Linear(512, 10), SparseIso(0.75)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) =>
        Head.forward(nn.functional.relu(Middle.forward(nn.functional.relu(Hidden.forward(x)))));
}

/// <summary>The same layers without reparameterization, to compare.</summary>
internal sealed class PlainMlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear hidden = nn.Linear(784, 512);
    private readonly Linear middle = nn.Linear(512, 512);
    private readonly Linear head = nn.Linear(512, 10);

    public PlainMlp()
        : base(nameof(PlainMlp)) => RegisterComponents();

    public override Tensor forward(Tensor x) =>
        head.forward(nn.functional.relu(middle.forward(nn.functional.relu(hidden.forward(x)))));
}
