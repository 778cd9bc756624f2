namespace LayerDsl.Bench.Harness;

/// <summary>One way to do the work of a row.</summary>
/// <param name="Name">Who does it.</param>
/// <param name="Run">Does it once.</param>
/// <param name="Goal">The least ratio of its time to ours that is aimed at; null for a peer that is shown only.</param>
/// <param name="Work">How many of its runs are as much work as the row: a probe does a fixed amount.</param>
internal sealed record Contestant(string Name, Action Run, double? Goal = null, double Work = 1);
