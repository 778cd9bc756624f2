namespace LayerDsl.Generator.Proof;

/// <summary>What the proof found out about a claim.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>The verdict on two claims together: a refutation before a test, a test before a proof.</summary>
    public Verdict And(Verdict other) => (this, other) switch
    {
        (Refuted, _) => this,
        (_, Refuted) => other,
        (Tested, _) => this,
        (Proved left, Proved right) => new Proved(left.Laws.Union(right.Laws).ToEquatableArray(), left.Assumptions.Union(right.Assumptions).ToEquatableArray()),
        _ => other,
    };

    /// <summary>Equal normal forms: the claim holds for every input, parameter and size.</summary>
    /// <param name="Laws">The names of the laws used, in order.</param>
    /// <param name="Assumptions">Side conditions that were assumed because they cannot be checked, in words.</param>
    public sealed record Proved(EquatableArray<string> Laws, EquatableArray<string> Assumptions = default) : Verdict;

    /// <summary>Equal at every point tried, without a proof.</summary>
    /// <param name="Bound">How unlikely that is if the forms differ, in words.</param>
    public sealed record Tested(string Bound) : Verdict;

    /// <summary>Different, with a point where they differ.</summary>
    /// <param name="Counterexample">The point and both values, in words.</param>
    public sealed record Refuted(string Counterexample) : Verdict;
}
