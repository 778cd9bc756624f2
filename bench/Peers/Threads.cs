using static TorchSharp.torch;

namespace LayerDsl.Bench.Peers;

/// <summary>How many threads everyone gets: as many as there are cores.</summary>
internal static class Threads
{
    public static int Count { get; } = Environment.ProcessorCount;

    /// <summary>Gives libtorch its threads.</summary>
    public static void Apply() => set_num_threads(Count);

    /// <summary>Runs a part of a range on each core.</summary>
    public static void Split(int length, Action<int, int> part) => Parallel.For(0, Count, k => part(Share(length, k), Share(length, k + 1)));

    private static int Share(int length, int k) => (int)((long)length * k / Count);
}
