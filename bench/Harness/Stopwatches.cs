using System.Diagnostics;

namespace LayerDsl.Bench.Harness;

/// <summary>
/// Times the contestants of a row in turns, so that a drifting machine drifts for all of them: every round starts with another one, each runs a
/// block of calls, and the ratio is taken within the round.
/// </summary>
/// <param name="rounds">How many rounds.</param>
/// <param name="blockMilliseconds">How long a block is at least.</param>
/// <param name="warmUpMilliseconds">How long each runs before: its code is compiled again in the background once it has run often.</param>
internal sealed class Stopwatches(int rounds, double blockMilliseconds, double warmUpMilliseconds)
{
    private const int LeastWarmUpCalls = 2;

    /// <summary>The runtime compiles a method for speed after 30 calls, in the background, once no new code has come up for 100 ms.</summary>
    private const int UsualWarmUpCalls = 2 * 30;
    private const int LongestWarmUp = 5;
    private static readonly TimeSpan Compilation = TimeSpan.FromMilliseconds(150);

    public static Stopwatches Full { get; } = new(rounds: 31, blockMilliseconds: 10, warmUpMilliseconds: 400);

    public static Stopwatches Smoke { get; } = new(rounds: 3, blockMilliseconds: 0.1, warmUpMilliseconds: 1);

    public IEnumerable<RowResult> Run(string row, Race race)
    {
        Contestant[] contestants = [race.Own, .. race.Peers];
        var calls = contestants.Select(WarmUp).ToArray();
        var times = contestants.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < contestants.Length; turn++)
            {
                var k = (round + turn) % contestants.Length;
                Quiet.Await();
                times[k][round] = Block(contestants[k], calls[k]);
            }
        }

        return race.Peers.Select((peer, k) => Compare(row, peer, times[0], times[k + 1]));
    }

    private static RowResult Compare(string row, Contestant peer, double[] own, double[] theirs)
    {
        var ratios = theirs.Zip(own, (their, our) => their / our).Order().ToArray();
        return new RowResult(row, peer.Name, "ms", Quantile(own, 0.5), Quantile(theirs, 0.5), Quantile(ratios, 0.5), Quantile(ratios, 0.1), Quantile(ratios, 0.9), peer.Goal);
    }

    /// <summary>How many calls make a block.</summary>
    private int WarmUp(Contestant contestant)
    {
        var watch = Stopwatch.StartNew();
        var calls = 0;
        while (calls < LeastWarmUpCalls || watch.Elapsed.TotalMilliseconds < warmUpMilliseconds
            || (calls < UsualWarmUpCalls && watch.Elapsed.TotalMilliseconds < LongestWarmUp * warmUpMilliseconds))
        {
            contestant.Run();
            calls++;
        }

        if (warmUpMilliseconds >= Compilation.TotalMilliseconds)
        {
            Thread.Sleep(Compilation);
        }

        var once = Once(contestant.Run);
        return Math.Max(1, (int)Math.Ceiling(blockMilliseconds / once));
    }

    /// <summary>Milliseconds per unit of the row's work; the first call fills the caches and is not counted.</summary>
    private static double Block(Contestant contestant, int calls)
    {
        contestant.Run();
        return contestant.Work / calls * Once(() =>
        {
            for (var k = 0; k < calls; k++)
            {
                contestant.Run();
            }
        });
    }

    private static double Once(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Math.Max(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1e-6);
    }

    private static double Quantile(double[] values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }
}
