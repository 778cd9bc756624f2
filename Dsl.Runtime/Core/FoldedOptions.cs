namespace LayerDsl;

/// <summary>Settings of folded models that hold for the process.</summary>
public static class FoldedOptions
{
    /// <summary>The name under which <c>runtimeconfig.json</c> or <see cref="AppContext.SetData"/> gives the first value of <see cref="MaxThreads"/>.</summary>
    public const string MaxThreadsKey = "LayerDsl.MaxThreads";

    /// <summary>
    /// The most threads that one call computes on, the calling one among them: the number of processors unless <see cref="MaxThreadsKey"/> or a
    /// program says otherwise. 1 computes on the calling thread alone. Calls that come while another one has the threads compute alone as well.
    /// A change holds for the calls that start after it; results do not depend on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public static int MaxThreads
    {
        get => WorkerTeam.Shared.MaxThreads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            WorkerTeam.Shared.MaxThreads = value;
        }
    }
}
