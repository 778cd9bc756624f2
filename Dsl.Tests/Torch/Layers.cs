using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

[Linear(7, 5)]
public sealed partial class PlainLayer;

[Linear(7, 5, Bias = false)]
public sealed partial class NoBiasLayer;

[Linear(7, 5), Compander]
public sealed partial class ArctanLayer;

[Linear(7, 5), Compander(Curve = Curve.Tanh, A = 0.8, B = 0.3)]
public sealed partial class TanhLayer;

[Linear(7, 5), Compander(Curve = Curve.Softsign, Learnable = false)]
public sealed partial class SoftsignLayer;

[Linear(7, 5), Compander(Curve = Curve.MuLaw, B = 0.1)]
public sealed partial class MuLawLayer;

[Linear(7, 5), Compander(Curve = Curve.MuLaw, Learnable = false)]
public sealed partial class FixedMuLawLayer;

[Linear(7, 5), LowRank(2, Alpha = 3)]
public sealed partial class LoraLayer;

[Linear(7, 5), LowRank(2, Alpha = 3, RankStabilized = true, Init = LowRankInit.PiSSA)]
public sealed partial class PissaLayer;

[Linear(7, 5, Bias = false), LowRank(2, Freeze = true)]
public sealed partial class FrozenLayer;

[Linear(7, 5), LowRank(2), Compander]
public sealed partial class CompandedSumLayer;

[Compander(Curve = Curve.MuLaw), Linear(7, 5), LowRank(2, Init = LowRankInit.PiSSA)]
public sealed partial class SumOfCompandedLayer;

#pragma warning disable LDSL102 // The smallest layer there is; its adapter saves nothing.
[Linear(1, 1), Compander, LowRank(1)]
public sealed partial class OneByOneLayer;
#pragma warning restore LDSL102

[LayerModel]
public sealed partial class SmallMlp : nn.Module<Tensor, Tensor>
{
    [Linear(7, 6), Compander]
    public partial Layer Hidden { get; }

    [Linear(6, 6), LowRank(2)]
    public partial Layer Middle { get; }

    [Linear(6, 3), Compander(Curve = Curve.Tanh), LowRank(1)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x)
    {
        var h = nn.functional.relu(Hidden.forward(x));
        h = h + (0.5 * Middle.call(h).gelu());
        return nn.functional.log_softmax(Head.forward(h), -1);
    }
}

public static partial class Nested
{
    /// <summary>A model with a constructor and other state of its own.</summary>
    [LayerModel]
    internal sealed partial class WithOwnState : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> norm = nn.LayerNorm(4);

        public WithOwnState()
            : base(nameof(WithOwnState))
        {
            RegisterComponents();
        }

        [Linear(4, 4), Compander]
        internal partial Layer @in { get; }

#pragma warning disable LDSL308 // LayerNorm has no folded form yet; FoldTorch() is what this model is for.
        public override Tensor forward(Tensor x) => norm.call(@in.forward(x));
#pragma warning restore LDSL308
    }
}
