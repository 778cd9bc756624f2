namespace LayerDsl;

/// <summary>How masks move: the defaults are those of RigL (Evci et al. 2020, arXiv 1911.11134).</summary>
/// <param name="TotalSteps">How many optimizer steps the training has; at least 1.</param>
public sealed record SparseTrainerOptions(long TotalSteps)
{
    /// <summary>ΔT, the steps from one update of the masks to the next; at least 1. Default 100.</summary>
    public int Interval { get; init; } = 100;

    /// <summary>α, the share of live weights that the first update moves; from 0 to 1. Default 0.3.</summary>
    public double DropFraction { get; init; } = 0.3;

    /// <summary>T_end as a share of <see cref="TotalSteps"/>: from there on the masks stay; from 0 to 1. Default 0.75.</summary>
    public double EndFraction { get; init; } = 0.75;

    /// <summary>The steps made before, where a training goes on from a checkpoint. Default 0.</summary>
    public long StepsDone { get; init; }

    /// <summary>
    /// λ of a decay of the folded weight: every step adds -learning rate · λ · Σ_n M_n ⊙ W_n to each branch W_n, the gradient of
    /// λ/2 · ‖Σ_n M_n ⊙ W_n‖². Of a layer with one mask that is the usual decoupled decay. Not for the factors of
    /// Kind = Factorized. Default 0; set the optimizer's own decay to 0 where it is used.
    /// </summary>
    public double FoldedWeightDecay { get; init; }

    /// <summary>The share of live weights that an update at a step moves: α/2 · (1 + cos(π · t / T_end)), and 0 from T_end on.</summary>
    /// <param name="step">The number of optimizer steps made, t.</param>
    public double FractionAt(long step)
    {
        var end = EndFraction * TotalSteps;
        return step >= end ? 0 : DropFraction / 2 * (1 + Math.Cos(Math.PI * step / end));
    }

    /// <summary>Refuses options that describe no schedule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TotalSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(StepsDone);
        RequireShare(DropFraction, nameof(DropFraction));
        RequireShare(EndFraction, nameof(EndFraction));
        if (!(FoldedWeightDecay >= 0 && double.IsFinite(FoldedWeightDecay)))
        {
            throw new ArgumentOutOfRangeException(nameof(FoldedWeightDecay), FoldedWeightDecay, "The decay must be finite and not negative.");
        }
    }

    private static void RequireShare(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "A share must lie between 0 and 1.");
        }
    }
}
