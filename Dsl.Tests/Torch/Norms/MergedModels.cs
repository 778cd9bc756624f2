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

/// <summary>
/// Weights in codes with batch normalizations after them: with scales of rows and of groups, with zero points, in powers of two, on a table, in binary planes,
/// under a mask, and rounded at random in training.
/// </summary>
[LayerModel(2, 6, 6)]
public sealed partial class CodedBatchNormNet : nn.Module<Tensor, Tensor>
{
    [Conv2d(2, 6, 3, Padding = 1, Bias = false), Quantize(Bits = 4)]
    public partial Layer Stem { get; }

    [BatchNorm2d(6)]
    public partial Layer StemNorm { get; }

    [Conv2d(6, 4, 3, Groups = 2), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public partial Layer Powers { get; }

    [BatchNorm2d(4, Affine = false)]
    public partial Layer PowersNorm { get; }

    [Linear(64, 24), Compander, Quantize(Bits = 4, Symmetric = false, Granularity = Granularity.Group, GroupSize = 16)]
    public partial Layer Groups { get; }

    [BatchNorm1d(24)]
    public partial Layer GroupsNorm { get; }

    [Linear(24, 20, Bias = false), Quantize(Bits = 2, Scheme = Scheme.Binary, Granularity = Granularity.Group, GroupSize = 8)]
    public partial Layer Planes { get; }

    [BatchNorm1d(20)]
    public partial Layer PlanesNorm { get; }

    [Linear(20, 16), LowRank(2), Quantize(Bits = 4, Scheme = Scheme.Nf4)]
    public partial Layer Table { get; }

    [BatchNorm1d(16)]
    public partial Layer TableNorm { get; }

    [Linear(16, 8), SparseIso(0.5, Kind = SparseKind.Parallel), Quantize(Bits = 8, Rounding = Rounding.Stochastic)]
    public partial Layer Masked { get; }

    [BatchNorm1d(8, Eps = 1e-3)]
    public partial Layer MaskedNorm { get; }

    public override Tensor forward(Tensor x)
    {
        var a = StemNorm.forward(Stem.forward(x)).relu();
        var b = PowersNorm.forward(Powers.forward(a)).relu().flatten(1);
        var c = PlanesNorm.forward(Planes.forward(GroupsNorm.forward(Groups.forward(b)).relu())).relu();
        return MaskedNorm.forward(Masked.forward(TableNorm.forward(Table.forward(c)).tanh()));
    }
}

/// <summary>Weights in codes beside which something stands that a normalization of their outputs cannot be merged into.</summary>
[LayerModel]
public sealed partial class UnmergedCodesNet : nn.Module<Tensor, Tensor>
{
    [Linear(6, 6), Quantize(Bits = 4, Granularity = Granularity.Tensor)]
    public partial Layer OneScale { get; }

    [BatchNorm1d(6)]
    public partial Layer OneScaleNorm { get; }

    [Linear(6, 6), Quantize(Bits = 4), LowRank(2)]
    public partial Layer Branch { get; }

    [BatchNorm1d(6)]
    public partial Layer BranchNorm { get; }

    [Linear(6, 6), Quantize(Bits = 2, Scheme = Scheme.Binary, Scales = BinaryScales.PowerOfTwo)]
    public partial Layer Shifts { get; }

    [BatchNorm1d(6)]
    public partial Layer ShiftsNorm { get; }

    [Linear(6, 6), Quantize(Bits = 4, Activations = true, ActivationScheme = Scheme.DoReFa)]
    public partial Layer Rounded { get; }

    [BatchNorm1d(6)]
    public partial Layer RoundedNorm { get; }

    public override Tensor forward(Tensor x)
    {
        var a = BranchNorm.forward(Branch.forward(OneScaleNorm.forward(OneScale.forward(x))));
        return RoundedNorm.forward(Rounded.forward(ShiftsNorm.forward(Shifts.forward(a)).sigmoid()));
    }
}

/// <summary>Pairs that must stay apart: an output that is used twice, a layer that is called twice, codes with one scale for all rows.</summary>
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

    [Conv2d(2, 2, 3, Padding = 1), Quantize(Bits = 8, Granularity = Granularity.Tensor)]
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
