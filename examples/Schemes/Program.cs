using LayerDsl.Examples;
using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Schemes;
using LayerDsl.Examples.Schemes.Models;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

const int Seed = 1;
const int FullEpochs = 5;
const double FullRate = 2e-3;
const double TuningRate = 1e-3;

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

int? most = options.Smoke ? 10 : null;
var test = options.Smoke ? data.Test.Take(500) : data.Test;
var models = DataCache.Default().Folder("models");

// 1. A model in full precision, which every variant starts from.
random.manual_seed(Seed);
using var full = new Full();
StartingModel.Prepare(console, full, data.Train, new TrainingOptions(options.Smoke ? 1 : FullEpochs, 128, FullRate, Seed, most), models, "schemes");
console.WriteLine($"full precision: {Evaluation.Accuracy(Evaluation.Classes(full, test), test):P2}");

// 2. Each variant takes its weights, rounds them, and is trained on with the rounding in place; then it is folded to codes. The
// first one rounds nothing: what full precision gains by the same training.
var comparison = new SchemeComparison(console, full, data.Train, test, new TrainingOptions(options.Epochs ?? 1, 128, TuningRate, Seed, most), Path.Combine(models, "schemes.safetensors"));
var results = comparison.Run(Variants.All.Where(variant => !options.Smoke || variant.Bits == 4 || variant.Bits == Variant.FullPrecision));

// 3. The table, and what was to be reached.
console.Profile.Width = Math.Max(console.Profile.Width, 160);
var fullAccuracy = results[0].Trained;
console.Write(SchemeResult.Of(fullAccuracy, results));
bool reaches(int bits, double points) => options.Smoke || results.Where(result => result.Variant.Bits == bits && !result.Variant.AreInputsRounded).All(result => result.Trained >= fullAccuracy - (points / 100));
return Checklist.Show(
    console,
    ("every folded output is within the certificate's bound", results.All(result => result.WorstRatio <= 1)),
    ("with rounded weights every test image keeps its class after folding", results.Where(result => !result.Variant.AreInputsRounded).All(result => result.Different == 0)),
    ($"8 bits of any scheme are within 0.5 points of full precision{(options.Smoke ? " (not asked of a smoke run)" : "")}", reaches(8, 0.5)),
    ($"4 bits of any scheme are within 1.5 points of full precision{(options.Smoke ? " (not asked of a smoke run)" : "")}", reaches(4, 1.5)));
