namespace LayerDsl.Bench.Harness;

/// <summary>A row that is set up: our code, its peers, and what to free afterwards.</summary>
internal sealed class Race : IDisposable
{
    private readonly List<IDisposable> owned = [];

    public required Contestant Own { get; init; }

    public List<Contestant> Peers { get; } = [];

    public Race Against(string name, Action run, double? goal = null, double work = 1)
    {
        Peers.Add(new Contestant(name, run, goal, work));
        return this;
    }

    public Race Owning(params IDisposable[] things)
    {
        owned.AddRange(things);
        return this;
    }

    public void Dispose() => owned.ForEach(thing => thing.Dispose());
}
