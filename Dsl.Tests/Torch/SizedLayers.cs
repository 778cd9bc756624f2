using static LayerDsl.Functions;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

// Each layer whose constructor takes sizes has a twin of the same declaration with numbers.
[Linear("inputs", "width")]
public sealed partial class SizedPlain
{
    public partial SizedPlain(int inputs, int width);
}

public sealed partial class SizedSum
{
    [Linear(nameof(inputs), nameof(width)), Compander, LowRank(2, Alpha = 3, Init = LowRankInit.PiSSA)]
    public partial SizedSum(int inputs, long width);

    public SizedSum()
        : this(8, 6)
    {
    }
}

[Linear(8, 6), Compander, LowRank(2, Alpha = 3, Init = LowRankInit.PiSSA)]
public sealed partial class NumberedSum;

public sealed partial class SizedGroups
{
    [Linear(nameof(inputs), 6), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4), LowRank(1)]
    public partial SizedGroups(int inputs);
}

[Linear(8, 6), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4), LowRank(1)]
public sealed partial class NumberedGroups;

public sealed partial class SizedRows
{
    [Linear(nameof(inputs), nameof(width), Bias = false), Quantize(Bits = 3, Scheme = Scheme.Lsq, Activations = true)]
    public partial SizedRows(int inputs, int width);
}

[Linear(8, 6, Bias = false), Quantize(Bits = 3, Scheme = Scheme.Lsq, Activations = true)]
public sealed partial class NumberedRows;

public sealed partial class SizedPlanes
{
    [Linear(8, nameof(width)), Quantize(Bits = 2, Scheme = Scheme.Binary)]
    public partial SizedPlanes(int width);
}

[Linear(8, 6), Quantize(Bits = 2, Scheme = Scheme.Binary)]
public sealed partial class NumberedPlanes;

[Reparameterization]
public static partial class Standardized
{
    public static Weight Map(Weight v, [PerRow, Start(1)] Weight g) => g * (v - MeanOverRow(v)) / Sqrt(MeanOverRow(Square(v - MeanOverRow(v))) + 1e-5);
}

public sealed partial class SizedOwn
{
    [Linear(nameof(inputs), nameof(width)), Reparam(typeof(Standardized))]
    public partial SizedOwn(int inputs, int width);
}

[Linear(8, 6), Reparam(typeof(Standardized))]
public sealed partial class NumberedOwn;

public sealed partial class SizedConvolution
{
    [Conv2d(nameof(channels), nameof(filters), 3, Padding = 1, Stride = 2), Compander, LowRank(1)]
    public partial SizedConvolution(int channels, int filters);
}

[Conv2d(2, 5, 3, Padding = 1, Stride = 2), Compander, LowRank(1)]
public sealed partial class NumberedConvolution;

public sealed partial class SizedCodedConvolution
{
    [Conv2d(nameof(channels), 5, 3), Quantize(Bits = 4)]
    public partial SizedCodedConvolution(int channels);
}

[Conv2d(2, 5, 3), Quantize(Bits = 4)]
public sealed partial class NumberedCodedConvolution;

[LayerNorm("width")]
public sealed partial class SizedLayerNorm
{
    public partial SizedLayerNorm(int width);
}

[LayerNorm(8)]
public sealed partial class NumberedLayerNorm;

[RmsNorm("width")]
public sealed partial class SizedRmsNorm
{
    public partial SizedRmsNorm(int width);
}

[RmsNorm(8)]
public sealed partial class NumberedRmsNorm;

[BatchNorm2d("channels")]
public sealed partial class SizedBatchNorm
{
    public partial SizedBatchNorm(int channels);
}

[BatchNorm2d(2)]
public sealed partial class NumberedBatchNorm;

public sealed partial class SizedRowBatchNorm
{
    [BatchNorm1d(nameof(width))]
    public partial SizedRowBatchNorm(int width);
}

[BatchNorm1d(8)]
public sealed partial class NumberedRowBatchNorm;

[Embedding("count", "dim", PaddingIndex = 3)]
public sealed partial class SizedEmbedding
{
    public partial SizedEmbedding(int count, int dim);
}

[Embedding(11, 4, PaddingIndex = 3)]
public sealed partial class NumberedEmbedding;

[LayerModel]
public sealed partial class SizedMlp : nn.Module<Tensor, Tensor>
{
    public partial SizedMlp(int inputs, int width, int classes);

    [Linear(nameof(inputs), nameof(width)), LowRank(2)]
    public partial Layer Hidden { get; }

    [LayerNorm("width")]
    public partial Layer Norm { get; }

    [Linear(nameof(width), nameof(classes)), Compander]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Norm.forward(Hidden.forward(x))));
}
