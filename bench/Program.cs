// Times each row against its peers in the same process: docs/bench.md says how to read the table.
using LayerDsl.Bench;
using LayerDsl.Bench.Harness;
using LayerDsl.Bench.Peers;
using LayerDsl.Bench.Reports;
using LayerDsl.Bench.Rows;
using Spectre.Console;
using static TorchSharp.torch;

if (BenchOptions.Parse(args, out var error) is not { } options)
{
    Console.Error.WriteLine(error);
    return 2;
}

BenchRow[] all = [.. TrainingRows.All(options.Smoke), .. CodedRows.All(options.Smoke), .. LinearRows.All(options.Smoke), .. ModelRows.All(options.Smoke)];
var rows = all.Where(row => row.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)).ToArray();
if (rows.Length == 0)
{
    Console.Error.WriteLine($"No row's name contains '{options.Only}'. There are:\n{string.Join('\n', all.Select(row => row.Name))}");
    return 2;
}

Threads.Apply();
random.manual_seed(1);
var console = AnsiConsole.Console;
console.Profile.Width = Math.Max(console.Profile.Width, 180);
var results = new List<RowResult>();
foreach (var row in rows)
{
    console.WriteLine(row.Name);
    var measured = row.Measure(options.Smoke ? Stopwatches.Smoke : Stopwatches.Full);

    // Small sizes say nothing about the goals.
    results.AddRange(options.Smoke ? measured.Select(result => result with { Goal = null }) : measured);
    GC.Collect();
}

console.Write(ConsoleTable.Of(results));
var folder = Directory.CreateDirectory(Path.Combine("artifacts", "bench")).FullName;
File.WriteAllText(Path.Combine(folder, "results.csv"), CsvReport.Of(results));
RatioPlot.Save(results, Path.Combine(folder, "results.png"));
var goals = options.Smoke ? "No goals are asked of a smoke run" : $"{results.Count(result => result.IsMet == true)} goals met, {results.Count(result => result.IsMet == false)} missed";
console.WriteLine($"{Threads.Count} threads each. {goals}. {folder}/results.csv, {folder}/results.png");
return 0;
