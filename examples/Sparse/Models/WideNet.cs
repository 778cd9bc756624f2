using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Sparse.Models;

/// <summary>Wider sparse layers: twice the maps, and twice the values, at a quarter of the entries. What feeds them or reads them stays dense and grows with them, by one side
/// or by both; the declared widths are such that the whole has the operations of <see cref="DenseNet"/>.</summary>
[LayerModel]
public sealed partial class WideNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 5, 5, Padding = 2)]
    public partial Layer First { get; }

    [Conv2d(5, 20, 5), SparseIso(0.75)]
    public partial Layer Second { get; }

    [Linear(500, 40)]
    public partial Layer Third { get; }

    [Linear(40, 120), SparseIso(0.75)]
    public partial Layer Fourth { get; }

    [Linear(120, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
