namespace LayerDsl.Bench.Harness;

/// <summary>Peers must compute the same before their times are compared.</summary>
internal static class Agreement
{
    /// <summary>Refuses results that differ by more than a share of the largest one.</summary>
    /// <param name="what">The row.</param>
    /// <param name="own">Our result.</param>
    /// <param name="theirs">The peer's.</param>
    /// <param name="tolerance">The share.</param>
    /// <exception cref="InvalidOperationException">They differ: the comparison would mean nothing.</exception>
    public static void Require(string what, ReadOnlySpan<float> own, ReadOnlySpan<float> theirs, double tolerance)
    {
        if (own.Length != theirs.Length || own.IsEmpty)
        {
            throw new InvalidOperationException($"{what}: {own.Length} values against {theirs.Length}.");
        }

        var (largest, difference) = (0f, 0f);
        for (var k = 0; k < own.Length; k++)
        {
            largest = MathF.Max(largest, MathF.Abs(theirs[k]));
            difference = MathF.Max(difference, MathF.Abs(own[k] - theirs[k]));
        }

        if (!(largest > 0) || !(difference <= tolerance * largest))
        {
            throw new InvalidOperationException($"{what}: results differ by {difference}, the largest is {largest}; at most a share of {tolerance} was expected.");
        }
    }
}
