namespace LayerDsl.Bench.Harness;

/// <summary>What a row says about one peer.</summary>
/// <param name="Row">What is computed.</param>
/// <param name="Peer">Who else computes it.</param>
/// <param name="Unit">Of <paramref name="Own"/> and <paramref name="Theirs"/>.</param>
/// <param name="Own">Our median.</param>
/// <param name="Theirs">The peer's median.</param>
/// <param name="Ratio">The peer's over ours; above 1 we need less. The median of the rounds, each a ratio of its own.</param>
/// <param name="Low">The ratio that nine tenths of the rounds exceed.</param>
/// <param name="High">The ratio that one tenth of the rounds exceeds.</param>
/// <param name="Goal">The least ratio that is aimed at, if any.</param>
internal sealed record RowResult(string Row, string Peer, string Unit, double Own, double Theirs, double Ratio, double Low, double High, double? Goal)
{
    /// <summary>Whether the goal is met; null without one.</summary>
    public bool? IsMet => Goal is { } goal ? Ratio >= goal : null;

    /// <summary>A figure that needs no rounds, such as bytes.</summary>
    public static RowResult Figure(string row, string peer, string unit, double own, double theirs, double? goal)
    {
        var ratio = theirs / own;
        return new RowResult(row, peer, unit, own, theirs, ratio, ratio, ratio, goal);
    }
}
