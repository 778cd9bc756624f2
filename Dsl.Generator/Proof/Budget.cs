namespace LayerDsl.Generator.Proof;

/// <summary>
/// Bounds the work of one proof in steps, not in time, so that the verdict is the same on every machine. Running out is
/// an answer (the claim is tested, not proved), carried by an exception that never leaves the prover.
/// </summary>
internal sealed class Budget
{
    private readonly CancellationToken cancellation;
    private long left;

    public Budget(long steps, CancellationToken cancellation)
    {
        left = steps;
        this.cancellation = cancellation;
    }

    public void Spend(long steps)
    {
        cancellation.ThrowIfCancellationRequested();
        left -= steps;
        if (left < 0)
        {
            throw new BudgetExceededException();
        }
    }
}

/// <summary>A proof needed more steps than it was given.</summary>
internal sealed class BudgetExceededException : Exception
{
}
