namespace LayerDsl.Bench.Harness;

/// <summary>A row of the table.</summary>
/// <param name="Name">What is computed.</param>
/// <param name="Measure">Sets it up, measures, frees.</param>
internal sealed record BenchRow(string Name, Func<Stopwatches, IEnumerable<RowResult>> Measure)
{
    /// <summary>A row that compares times.</summary>
    public static BenchRow Timed(string name, Func<Race> prepare) => new(name, watches =>
    {
        using var race = prepare();
        return watches.Run(name, race);
    });
}
