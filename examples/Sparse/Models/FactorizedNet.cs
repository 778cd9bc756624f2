using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Sparse.Models;

/// <summary>Two sparse factors in every layer between the first and the last.</summary>
[LayerModel]
public sealed partial class FactorizedNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 8, 5, Padding = 2)]
    public partial Layer First { get; }

    [Conv2d(8, 16, 5), SparseIso(0.75, Kind = SparseKind.Factorized)]
    public partial Layer Second { get; }

    [Linear(400, 120), SparseIso(0.75, Kind = SparseKind.Factorized)]
    public partial Layer Third { get; }

    [Linear(120, 84), SparseIso(0.75, Kind = SparseKind.Factorized)]
    public partial Layer Fourth { get; }

    [Linear(84, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
