using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Digits;

/// <summary>A classifier of 8 × 8 digits with companded and low-rank layers.</summary>
[LayerModel]
public sealed partial class DigitsMlp : nn.Module<Tensor, Tensor>
{
    [Linear(64, 64), Compander]
    public partial Layer Hidden { get; }

    [Linear(64, 32), LowRank(4)]
    public partial Layer Middle { get; }

    [Linear(32, 10), Compander, LowRank(2)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) =>
        Head.forward(nn.functional.relu(Middle.forward(nn.functional.relu(Hidden.forward(x)))));
}

/// <summary>The same layers without reparameterization, to compare.</summary>
internal sealed class PlainMlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear hidden = nn.Linear(64, 64);
    private readonly Linear middle = nn.Linear(64, 32);
    private readonly Linear head = nn.Linear(32, 10);

    public PlainMlp()
        : base(nameof(PlainMlp)) => RegisterComponents();

    public override Tensor forward(Tensor x) =>
        head.forward(nn.functional.relu(middle.forward(nn.functional.relu(hidden.forward(x)))));
}
