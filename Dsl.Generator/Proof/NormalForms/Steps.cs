namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>The proof would take more steps than it may: the caller falls back to testing.</summary>
internal sealed class BudgetExceededException : Exception
{
    public BudgetExceededException(long limit)
        : base($"the proof needs more than {limit} steps")
    {
    }
}

/// <summary>Counts the steps of one proof, so that its length does not depend on the machine, and notes the laws it uses.</summary>
internal sealed class Steps
{
    private readonly List<string> laws = [];
    private readonly List<string> assumptions = [];
    private readonly long limit;
    private readonly CancellationToken cancellation;

    public Steps(long limit, CancellationToken cancellation)
    {
        this.limit = limit;
        this.cancellation = cancellation;
    }

    public long Taken { get; private set; }

    /// <summary>The names of the laws used, in the order of their first use.</summary>
    public IReadOnlyList<string> Laws => laws;

    /// <summary>What was assumed and could not be checked, in words.</summary>
    public IReadOnlyList<string> Assumptions => assumptions;

    public void Take(long steps = 1)
    {
        cancellation.ThrowIfCancellationRequested();
        Taken += steps;
        if (Taken > limit)
        {
            throw new BudgetExceededException(limit);
        }
    }

    public void Use(string law)
    {
        if (!laws.Contains(law))
        {
            laws.Add(law);
        }
    }

    public void Assume(string condition)
    {
        if (!assumptions.Contains(condition))
        {
            assumptions.Add(condition);
        }
    }
}
