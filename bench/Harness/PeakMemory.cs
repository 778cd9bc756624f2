using System.Globalization;
using System.Runtime.InteropServices;

namespace LayerDsl.Bench.Harness;

/// <summary>How much memory of the process a call needs at its peak beyond what it had before, from Linux's own counters: libtorch's memory is not the collector's.</summary>
internal static partial class PeakMemory
{
    private const int Rounds = 5;
    private const string ResetPeak = "5";

    // glibc's M_MMAP_THRESHOLD: blocks of this size and more are given back to the system as soon as they are freed. Left alone, it keeps freed blocks for
    // later ones, and the counters tell how they fit rather than what is in use. 32 MiB is where its own adjustment ends.
    private const int MapThreshold = -3;
    private const int SmallThreshold = 1 << 20;
    private const int UsualThreshold = 32 << 20;

    /// <summary>Gives freed blocks back to the system until the result is disposed. Blocks that were kept before are used up first: to be called before there are any.</summary>
    public static IDisposable WithoutKeptBlocks()
    {
        _ = SetOption(MapThreshold, SmallThreshold);
        return new UsualBlocks();
    }

    /// <summary>The median of a few calls, in bytes.</summary>
    public static double Of(Action call)
    {
        call();
        var peaks = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _ = Trim(0);
            File.WriteAllText("/proc/self/clear_refs", ResetPeak);
            var before = Read("VmRSS:");
            call();
            peaks.Add(Read("VmHWM:") - before);
        }

        return peaks.Order().ElementAt(Rounds / 2);
    }

    private sealed class UsualBlocks : IDisposable
    {
        public void Dispose() => _ = SetOption(MapThreshold, UsualThreshold);
    }

    private static double Read(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * double.Parse(line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    /// <summary>Gives free memory back to the system, so that the next call has to ask for its own.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
