// Times each row against its peers in the same process, in turns, so that a drifting machine drifts for all of them.
// Options: --smoke (seconds), --only TEXT (rows whose name contains it).
using System.Diagnostics;
using System.Globalization;
using LayerDsl.Bench;
using Spectre.Console;
using static TorchSharp.torch;

var rounds = args.Contains("--smoke") ? 3 : 31;
var only = Array.IndexOf(args, "--only") is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : string.Empty;
random.manual_seed(1);
var plain = nn.Linear(1024, 1024);
var table = new Table().Title(FormattableString.Invariant($"medians of {rounds} rounds in turns; ratios below 1 are faster than the peer")).Border(TableBorder.Rounded)
    .AddColumn("row").AddColumn("ms").AddColumn("of TorchSharp eager").AddColumn("of plain Linear").AddColumn("spread");

foreach (var (name, layer, eager) in new (string, nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>)[]
{
    ("compander, training step, batch 128", new CompandedLayer(), new EagerCompanded()),
    ("low rank 8, training step, batch 256", new AdaptedLayer(), new EagerAdapted()),
})
{
    if (name.Contains(only, StringComparison.OrdinalIgnoreCase))
    {
        var x = randn(name.Contains("256", StringComparison.Ordinal) ? 256 : 128, 1024, requires_grad: true);
        AddRow(table, name, rounds, () => Step(layer, x), () => Step(eager, x), () => Step(plain, x));
    }
}

var folded = new CompandedLayer().Fold();
if ("folded layer, forward, batch 1".Contains(only, StringComparison.OrdinalIgnoreCase))
{
    var (input, output) = (randn(1, 1024), new float[1024]);
    var values = input.data<float>().ToArray();
    var eager = new EagerCompanded();
    AddRow(table, "folded layer, forward, batch 1", rounds * 10, () => folded.Forward(values, output, 1), () => Infer(eager, input), () => Infer(plain, input));
}

AnsiConsole.Write(table);

static void AddRow(Table table, string name, int rounds, params Action[] contestants)
{
    var times = contestants.Select(_ => new List<double>()).ToArray();
    for (var round = -2; round < rounds; round++)
    {
        for (var k = 0; k < contestants.Length; k++)
        {
            var watch = Stopwatch.StartNew();
            contestants[k]();
            if (round >= 0)
            {
                times[k].Add(watch.Elapsed.TotalMilliseconds);
            }
        }
    }

    var medians = times.Select(list => list.Order().ElementAt(list.Count / 2)).ToArray();
    var own = times[0].Order().ToArray();
    table.AddRow(
        name,
        Text(medians[0]),
        Text(medians[0] / medians[1]),
        Text(medians[0] / medians[2]),
        Text(own[own.Length / 10]) + " – " + Text(own[own.Length * 9 / 10]));

    static string Text(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}

static void Step(nn.Module<Tensor, Tensor> module, Tensor x)
{
    using var scope = NewDisposeScope();
    foreach (var parameter in module.parameters())
    {
        parameter.grad = null;
    }

    module.forward(x).square().mean().backward();
}

static void Infer(nn.Module<Tensor, Tensor> module, Tensor x)
{
    using var noGradient = no_grad();
    module.forward(x).Dispose();
}
