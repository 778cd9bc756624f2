// Times the generator beside others on equally many types: docs/bench.md says how to read the tables.
using System.Globalization;
using LayerDsl.Bench.Generator;

if (args.Length > 1 || (args.Length == 1 && args[0] != "--smoke"))
{
    Console.Error.WriteLine("Options: --smoke (few types, few rounds: shows that it works, not how fast)");
    return 2;
}

var smoke = args.Length == 1;
var contestants = Contestant.All();
foreach (var contestant in contestants)
{
    contestant.Build(smoke ? 10 : 30); // the code of both is compiled to machine code before it is timed
}

// An editor's generators live for hours: as many rounds as there are types come before those that count, so that all code is compiled for speed.
var (types, rounds) = smoke ? (10, 3) : (100, 101);
var edited = contestants.Select(contestant => new Editing(contestant, types)).ToArray();
var times = contestants.Select(_ => new List<double>()).ToArray();
for (var round = -types; round < rounds; round++)
{
    for (var turn = 0; turn < contestants.Count; turn++)
    {
        var k = (turn + round + types) % contestants.Count;
        var elapsed = edited[k].Edit((round + types) * 7 % types).TotalMilliseconds;
        if (round >= 0)
        {
            times[k].Add(elapsed);
        }
    }
}

Print($"One of {types} types is edited: median of {rounds} rounds in ms (first to last tenth), peer's time / ours");
for (var k = 0; k < contestants.Count; k++)
{
    var sorted = times[k].Order().ToArray();
    var ratios = times[k].Zip(times[0], (peer, ours) => peer / ours).Order().ToArray();
    Print($"{contestants[k].Name,-18}{Median(sorted),9:F1}  ({sorted[sorted.Length / 10]:F1} to {sorted[^(1 + (sorted.Length / 10))]:F1}){(k == 0 ? string.Empty : $"  {Median(ratios):F2}"),10}{(k == 0 && !smoke ? "  goal at most 30" : string.Empty)}");
}

Print($"");
Print($"A build: seconds to generate + to compile all with what was generated, ms to generate for each type, peer's seconds to generate / ours");
foreach (var count in smoke ? [5, 10] : new[] { 250, 500, 1000 })
{
    var ours = 0.0;
    foreach (var contestant in contestants)
    {
        var (generate, compile) = contestant.Build(count);
        ours = contestant == contestants[0] ? generate.TotalSeconds : ours;
        Print($"{count,5} {contestant.Name,-18}{generate.TotalSeconds,8:F2} + {compile.TotalSeconds,6:F2}{generate.TotalMilliseconds / count,9:F2}{(contestant == contestants[0] ? string.Empty : $"{generate.TotalSeconds / ours:F2}"),9}{(contestant == contestants[0] && count == 1000 ? "  goal at most 10" : string.Empty)}");
        GC.Collect();
    }
}

return 0;

static double Median(double[] sorted) => sorted[sorted.Length / 2];

static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
