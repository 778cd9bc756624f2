using LayerDsl.Examples;
using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Sparse;
using LayerDsl.Examples.Sparse.Models;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

const int Seeds = 3;
const double Rate = 2e-3;
const double MostAgainstDense = 0.01;

if (ExampleOptions.Parse(args, out var error) is not { } options)
{
    Console.Error.WriteLine(error);
    return 2;
}

var console = AnsiConsole.Console;
FashionMnistData data;
try
{
    data = WorkProgress.Run(console, "Fashion-MNIST", report => FashionMnistData.Load(DataCache.Default(), ProcessRunner.Run, report));
}
catch (DataFetchException missing)
{
    Console.Error.WriteLine(missing.Message);
    return 1;
}

var test = options.Smoke ? data.Test.Take(500) : data.Test;
var path = Path.Combine(DataCache.Default().Folder("models"), "sparse.safetensors");

// 1. Every net is trained from random weights, once for each seed.
Variant[] nets =
[
    Variant.Of("Dense", Variant.FullPrecision, () => new DenseNet(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Variant.Of("Wide", Variant.FullPrecision, () => new WideNet(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Variant.Of("Parallel", Variant.FullPrecision, () => new ParallelNet(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Variant.Of("Factorized", Variant.FullPrecision, () => new FactorizedNet(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Variant.Of("Doped", Variant.FullPrecision, () => new DopedNet(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
];
var results = new List<SparseResult>();
foreach (var net in nets)
{
    var seeds = Enumerable.Range(1, options.Smoke ? 1 : Seeds).Select(seed => Run(net, seed)).ToArray();
    results.Add(new SparseResult(
        net.Scheme, seeds[0].Operations, [.. seeds.Select(run => run.Result.Trained)], [.. seeds.Select(run => run.Result.Folded)], seeds.Sum(run => run.Result.Different), seeds.Max(run => run.Result.WorstRatio), seeds[0].Result.FileBytes));
    console.WriteLine(results[^1].ToString());
}

// 2. The table, and what was to be reached.
console.Profile.Width = Math.Max(console.Profile.Width, 180);
console.Write(SparseResult.Of(results));
return Checklist.Show(
    console,
    ("every folded output is within the certificate's bound", results.All(result => result.WorstRatio <= 1)),
    ("every test image keeps its class after folding", results.All(result => result.Different == 0)),
    ($"every kind computes as many operations as the dense net, within {MostAgainstDense:P0}", results.All(result => Math.Abs(result.Against(results[0])) <= MostAgainstDense)));

(long Operations, SchemeResult Result) Run(Variant net, int seed)
{
    random.manual_seed(seed);
    using var model = net.New();
    var training = new TrainingOptions(options.Smoke ? 1 : options.Epochs ?? 2, 128, Rate, seed, options.Smoke ? 10 : null);
    WorkProgress.Run(console, $"{net.Scheme}, seed {seed}", report => Trainer.Train(model, data.Train, training, report));
    var result = SchemeResult.Measure(net, model, started: 0, test, path);
    console.WriteLine($"{net.Scheme}, seed {seed}: {result.Trained:P2}");
    return (Operations.PerImage(model), result);
}
