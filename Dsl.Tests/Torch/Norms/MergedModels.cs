using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Norms;

/// <summary>Convolutions with batch normalizations after them: with and without bias, grouped, low rank, and of signs that differ.</summary>
[LayerModel(3, 9, 9)]
public sealed partial class BatchNormNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(3, 6, 3, Bias = false)]
    public partial Layer Stem { get; }

    [BatchNorm2d(6)]
    public partial Layer StemNorm { get; }

    [Conv2d(6, 8, 3, Padding = 1, Groups = 2), LowRank(2)]
    public partial Layer Grouped { get; }

    [BatchNorm2d(8, Eps = 1e-3)]
    public partial Layer GroupedNorm { get; }

    [Conv2d(8, 4, 1), Compander]
    public partial Layer Pointwise { get; }

    [BatchNorm2d(4, Affine = false)]
    public partial Layer PointwiseNorm { get; }

    [Linear(196, 5)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var a = StemNorm.forward(Stem.forward(x)).relu();
        var b = GroupedNorm.forward(Grouped.forward(a)).relu();
        return Head.forward(PointwiseNorm.forward(Pointwise.forward(b)).flatten(1));
    }
}

/// <summary>
/// Linear layers with batch normalizations after them: with and without bias, low rank, companded and sparse. A layer between two normalizations takes in the second.
/// </summary>
[LayerModel]
public sealed partial class RowBatchNormNet : nn.Module<Tensor, Tensor>
{
    [Linear(12, 10, Bias = false)]
    public partial Layer Hidden { get; }

    [BatchNorm1d(10)]
    public partial Layer HiddenNorm { get; }

    [Linear(10, 9), LowRank(2), Compander]
    public partial Layer Middle { get; }

    [BatchNorm1d(9, Affine = false)]
    public partial Layer MiddleNorm { get; }

    [LayerNorm(9)]
    public partial Layer Rows { get; }

    [Linear(9, 64), LowRank(2)]
    public partial Layer Between { get; }

    [BatchNorm1d(64, Eps = 1e-3)]
    public partial Layer BetweenNorm { get; }

    [Linear(64, 64), SparseIso(0.9, Kind = SparseKind.Parallel)]
    public partial Layer Sparse { get; }

    [BatchNorm1d(64)]
    public partial Layer SparseNorm { get; }

    public override Tensor forward(Tensor x)
    {
        var hidden = HiddenNorm.forward(Hidden.forward(x)).relu();
        var middle = MiddleNorm.forward(Middle.forward(hidden)).relu();
        var between = BetweenNorm.forward(Between.forward(Rows.forward(middle))).relu();
        return SparseNorm.forward(Sparse.forward(between)).tanh() + between;
    }
}

/// <summary>A linear layer along the width of images, whose channels are normalized: the scales are not those of its rows.</summary>
[LayerModel(5, 4, 5)]
public sealed partial class OtherAxisNet : nn.Module<Tensor, Tensor>
{
    [Linear(5, 5)]
    public partial Layer Columns { get; }

    [BatchNorm2d(5)]
    public partial Layer Channels { get; }

    public override Tensor forward(Tensor x) => Channels.forward(Columns.forward(x));
}

/// <summary>Normalizations of rows before linear layers.</summary>
[LayerModel]
public sealed partial class RowNormNet : nn.Module<Tensor, Tensor>
{
    [LayerNorm(12)]
    public partial Layer First { get; }

    [Linear(12, 9, Bias = false), LowRank(3)]
    public partial Layer Hidden { get; }

    [RmsNorm(9)]
    public partial Layer Second { get; }

    [Linear(9, 7)]
    public partial Layer Middle { get; }

    [LayerNorm(7, Bias = false)]
    public partial Layer Third { get; }

    [Linear(7, 3, Bias = false)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) =>
        Head.forward(Third.forward(Middle.forward(Second.forward(Hidden.forward(First.forward(x)).gelu())).relu()));
}

/// <summary>Pairs that must stay apart: an output that is used twice, a layer that is called twice, weights in codes.</summary>
[LayerModel(2, 6, 6)]
public sealed partial class UnmergedNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(2, 2, 3, Padding = 1)]
    public partial Layer UsedTwice { get; }

    [BatchNorm2d(2)]
    public partial Layer UsedTwiceNorm { get; }

    [Conv2d(2, 2, 3, Padding = 1)]
    public partial Layer CalledTwice { get; }

    [BatchNorm2d(2)]
    public partial Layer CalledTwiceNorm { get; }

    [Conv2d(2, 2, 3, Padding = 1), Quantize(Bits = 8)]
    public partial Layer InCodes { get; }

    [BatchNorm2d(2)]
    public partial Layer InCodesNorm { get; }

    [LayerNorm(72)]
    public partial Layer Rows { get; }

    [Linear(72, 4), Quantize(Bits = 8)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var a = UsedTwice.forward(x);
        var b = a + UsedTwiceNorm.forward(a);
        var c = CalledTwiceNorm.forward(CalledTwice.forward(CalledTwice.forward(b)));
        return Head.forward(Rows.forward(InCodesNorm.forward(InCodes.forward(c)).flatten(1)));
    }
}
