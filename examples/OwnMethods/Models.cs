using static TorchSharp.torch;

namespace LayerDsl.Examples.OwnMethods;

[LayerModel]
public sealed partial class WeightNormNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(WeightNorm))]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class SpectralNormNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(SpectralNorm))]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class CayleyNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 64), Reparam(typeof(Cayley))]
    public partial Layer Hidden { get; }

    [Linear(64, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class DoraNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(Dora), 8)]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class GatedPruningNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(GatedPruning))]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class WeightStandardizationNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(WeightStandardization))]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class CirculantNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 64), Reparam(typeof(Circulant))]
    public partial Layer Hidden { get; }

    [Linear(64, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class ToeplitzNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(Toeplitz))]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class CosineLowRankNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(CosineLowRank), 16)]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}

[LayerModel]
public sealed partial class LearnedTernaryNet : nn.Module<Tensor, Tensor>
{
    [Linear(64, 32), Reparam(typeof(LearnedTernary))]
    public partial Layer Hidden { get; }

    [Linear(32, 10)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Hidden.forward(x)));
}
