using System.Diagnostics;

namespace LayerDsl;

/// <summary>
/// One thread of a team. After its last part it looks for the next for a while, since a model calls layer after layer and waking a thread takes longer than
/// a small layer; then it sleeps, and after some seconds it ends. It is started again when it is needed.
/// </summary>
/// <param name="team">Whose parts it takes.</param>
/// <param name="number">From 1; the caller is 0.</param>
#pragma warning disable CA1001 // The semaphore lives as long as the process, as the team does, and holds no handle of the system.
internal sealed class Worker(WorkerTeam team, int number)
#pragma warning restore CA1001
{
    private const int None = 0;
    private const int Awake = 1;
    private const int Asleep = 2;

    private static readonly long LookTicks = Stopwatch.Frequency / 10_000; // 0.1 ms
    private static readonly TimeSpan SleepTime = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim alarm = new(0);
    private int state;

    /// <summary>Sees to it that the thread looks for parts. Called after they were offered.</summary>
    public void Wake()
    {
        switch (Volatile.Read(ref state))
        {
            case Asleep when Interlocked.CompareExchange(ref state, Awake, Asleep) == Asleep:
                _ = alarm.Release();
                break;
            case None when Interlocked.CompareExchange(ref state, Awake, None) == None:
                Start();
                break;
        }
    }

    private void Start()
    {
        try
        {
            new Thread(Live) { IsBackground = true, Name = $"LayerDsl worker {number}" }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads: the caller does the parts.
            Volatile.Write(ref state, None);
        }
    }

    private void Live()
    {
        do
        {
            LookForParts();
        }
        while (Sleep());
    }

    private void LookForParts()
    {
        var last = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - last < LookTicks)
        {
            if (team.HasParts(number))
            {
                team.Help(number);
                last = Stopwatch.GetTimestamp();
            }

            Thread.SpinWait(4);
        }
    }

    /// <summary>Whether the thread goes on: it was woken, or there is work. Parts may be offered between the last look and the change of the state.</summary>
    private bool Sleep()
    {
        _ = Interlocked.Exchange(ref state, Asleep);
        if (team.HasParts(number) && Interlocked.CompareExchange(ref state, Awake, Asleep) == Asleep)
        {
            return true;
        }

        if (alarm.Wait(SleepTime))
        {
            return true;
        }

        if (Interlocked.CompareExchange(ref state, None, Asleep) == Asleep)
        {
            return false;
        }

        // Woken just now: the alarm is on its way.
        alarm.Wait();
        return true;
    }
}
