using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LayerDsl.Examples.Sparse.Models;

/// <summary>A wider sparse matrix in the linear layers. The layers at the border of what is widened stay dense and grow by one side; the declared widths are such that the
/// whole has the operations of <see cref="DenseNet"/>.</summary>
[LayerModel]
public sealed partial class WideNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(1, 8, 5, Padding = 2)]
    public partial Layer First { get; }

    [Conv2d(8, 16, 5)]
    public partial Layer Second { get; }

    [Linear(400, 60)]
    public partial Layer Third { get; }

    [Linear(60, 168), SparseIso(0.75)]
    public partial Layer Fourth { get; }

    [Linear(168, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var edges = max_pool2d(relu(First.forward(x.view(-1, 1, 28, 28))), 2);
        var parts = max_pool2d(relu(Second.forward(edges)), 2).flatten(1);
        return Head.forward(relu(Fourth.forward(relu(Third.forward(parts)))));
    }
}
