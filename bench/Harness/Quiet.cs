namespace LayerDsl.Bench.Harness;

/// <summary>
/// Waits until no thread of the process computes. The worker threads of libraries spin for a while after a call, ONNX Runtime's for tens of milliseconds, and
/// would take a core from the next contestant.
/// </summary>
internal static class Quiet
{
    private const int MostLooks = 100;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>What a look may cost itself.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Returns when the process has slept through a look, or after half a second.</summary>
    public static void Await()
    {
        for (var look = 0; look < MostLooks; look++)
        {
            var before = Environment.CpuUsage.TotalTime;
            Thread.Sleep(Look);
            if (Environment.CpuUsage.TotalTime - before < Idle)
            {
                return;
            }
        }
    }
}
