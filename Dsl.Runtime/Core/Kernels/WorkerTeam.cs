using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace LayerDsl;

/// <summary>
/// The threads that share the parts of one call at a time. Whoever finds the team busy, such as a part that calls it again or a second thread, does all
/// its parts alone: nobody waits for the team. The caller takes parts from the front, workers from the back, so that with the same shapes a core
/// meets the same rows, still in its cache, again. A call allocates nothing once the workers are there.
/// </summary>
internal sealed unsafe class WorkerTeam
{
    private readonly Worker[] workers;
    private readonly Turn turn = new();
    private volatile int maxThreads;

    // The call in progress: written before its parts are offered, and not changed before all of them are done.
    private delegate*<void*, int, void> invoke;
    private void* work;
    private Exception? error;

    /// <param name="threads">Threads at most, the caller's among them.</param>
    public WorkerTeam(int threads)
    {
        maxThreads = threads;
        workers = new Worker[Math.Max(threads, Environment.ProcessorCount) - 1];
        for (var k = 0; k < workers.Length; k++)
        {
            workers[k] = new Worker(this, k + 1);
        }
    }

    /// <summary>The team of the process.</summary>
    public static WorkerTeam Shared { get; } = new(Configured());

    /// <summary>Threads of one call at most, the caller's among them. More than there are processors have no effect.</summary>
    public int MaxThreads
    {
        get => maxThreads;
        set => maxThreads = value;
    }

    /// <summary>Into how many parts to cut work: a few for each thread, so that one that is held up elsewhere does not hold up all.</summary>
    /// <param name="units">Units of work, such as rows.</param>
    /// <param name="least">Units below which a part is not worth its hand-over.</param>
    public int Parts(int units, int least) => maxThreads == 1 ? 1 : Math.Clamp(units / least, 1, 8 * Math.Min(maxThreads, workers.Length + 1));

    /// <summary>Does all parts and returns when they are done.</summary>
    /// <param name="state">The work.</param>
    /// <param name="parts">How many; not negative.</param>
    /// <exception cref="Exception">The first one that a part has thrown, after the parts in progress have ended; parts not begun are left out.</exception>
    public void Run<TWork>(scoped ref TWork state, int parts)
        where TWork : struct, IWork, allows ref struct
    {
        var helpers = Math.Min(Math.Min(maxThreads - 1, workers.Length), parts - 1);
        if (helpers < 1 || !turn.TryBegin())
        {
            for (var part = 0; part < parts; part++)
            {
                state.Run(part);
            }

            return;
        }

        // The struct stays where it is: a ref struct is on the stack, and this frame outlives the parts.
        invoke = &Invoke<TWork>;
        work = Unsafe.AsPointer(ref state);
        error = null;
        turn.Offer(parts);
        for (var k = 0; k < helpers; k++)
        {
            workers[k].Wake();
        }

        while (turn.TryTakeFirst(out var part))
        {
            Do(part);
        }

        turn.AwaitDone();
        var thrown = error;
        error = null;
        turn.End();
        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    /// <summary>Whether parts wait to be taken.</summary>
    internal bool HasParts(int worker) => worker < maxThreads && turn.HasParts;

    /// <summary>Takes parts as long as there are any.</summary>
    internal void Help(int worker)
    {
        while (worker < maxThreads && turn.TryTakeLast(out var part))
        {
            Do(part);
        }
    }

    private static int Configured() => AppContext.GetData(FoldedOptions.MaxThreadsKey) switch
    {
        int number when number > 0 => number,
        string text when int.TryParse(text, out var number) && number > 0 => number,
        _ => Environment.ProcessorCount,
    };

    private static void Invoke<TWork>(void* work, int part)
        where TWork : struct, IWork, allows ref struct => Unsafe.AsRef<TWork>(work).Run(part);

    /// <summary>A part that was taken: nobody changes the call before it is counted as done.</summary>
    private void Do(int part)
    {
        try
        {
            if (Volatile.Read(ref error) is null)
            {
                invoke(work, part);
            }
        }
#pragma warning disable CA1031 // Thrown again on the calling thread.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            _ = Interlocked.CompareExchange(ref error, thrown, null);
        }

        turn.Done();
    }
}
