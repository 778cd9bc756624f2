using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>Rounds its input to a grid and decodes the codes again, as a folded layer does in front of its weight. Passes no gradient.</summary>
public sealed class FakeQuantize : nn.Module<Tensor, Tensor>
{
    /// <summary>A few units in the last place: a quotient at a tie may be rounded either way.</summary>
    private const double Slack = 4 * Layer.UnitRoundoff;

    /// <summary>Takes a grid.</summary>
    /// <param name="grid">The grid.</param>
    public FakeQuantize(ActivationGrid grid)
        : base(nameof(FakeQuantize))
    {
        ArgumentNullException.ThrowIfNull(grid);
        Grid = grid;
    }

    /// <summary>The grid.</summary>
    public ActivationGrid Grid { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Apply(input, Grid).MoveToOuterDisposeScope();
    }

    /// <summary>The rounded input; the input itself where there is no grid.</summary>
    internal static Tensor Apply(Tensor input, ActivationGrid? grid) => grid is null
        ? input
        : (((input.detach() / (double)grid.Scale).round() + grid.ZeroPoint).clamp(grid.Format.Lowest, grid.Format.Highest) - grid.ZeroPoint) * (double)grid.Scale;

    /// <summary>
    /// |x̂| and how far x̂ may be off where x may be off by so much: not at all where no tie between two codes lies within reach. Both forms
    /// compute the same codes of the same input.
    /// </summary>
    internal static (Tensor Magnitude, Tensor Error) Bound(Tensor magnitude, Tensor error, ActivationGrid? grid)
    {
        if (grid is null)
        {
            return (magnitude, error);
        }

        var scale = (double)grid.Scale;
        var reach = where(error.gt(0), error + (magnitude * Slack), zeros_like(error));
        var (code, above, below) = ((magnitude / scale).round(), ((magnitude + reach) / scale).round(), ((magnitude - reach) / scale).round());
        return (((magnitude * (1 + Slack)) / scale).round() * scale, maximum(above - code, code - below) * scale);
    }
}
