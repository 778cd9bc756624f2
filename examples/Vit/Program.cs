using LayerDsl.Examples;
using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using LayerDsl.Examples.Vit;
using LayerDsl.Examples.Vit.Models;
using Spectre.Console;
using static TorchSharp.torch;

const int Seed = 1;
const int FullEpochs = 3;
const double FullRate = 2e-3;
const double TuningRate = 1e-3;
const int TuningBatches = 100;
const int PatchSide = 7;

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

// A transformer reads patches one after the other.
var train = data.Train.InPatches(PatchSide);
var test = (options.Smoke ? data.Test.Take(200) : data.Test).InPatches(PatchSide);
var models = DataCache.Default().Folder("models");
var tuning = new TrainingOptions(options.Epochs ?? 1, 128, TuningRate, Seed, options.Smoke ? 3 : TuningBatches);

// 1. A model in full precision, which every variant starts from.
random.manual_seed(Seed);
using var full = new Full();
StartingModel.Prepare(console, full, train, new TrainingOptions(options.Smoke ? 1 : FullEpochs, 128, FullRate, Seed, options.Smoke ? 10 : null), models, "vit");
console.WriteLine($"full precision: {Evaluation.Accuracy(Evaluation.Classes(full, test), test):P2}");

// 2. How many weights oscillate while a 2-bit model is trained: LSQ, against StatsQ with queries and keys as one matrix.
console.WriteLine($"oscillation at 2 bits, over {tuning.Epochs * tuning.MostBatchesPerEpoch} steps");
var oscillations = Variants.Oscillating.Select(variant => Oscillation.Measure(console, variant, full, train, tuning)).ToArray();

// 3. Each variant takes the weights, rounds them, and is trained on with the rounding in place; then it is folded to codes. The
// first one rounds nothing: what full precision gains by the same training.
var comparison = new SchemeComparison(console, full, train, test, tuning, Path.Combine(models, "vit.safetensors"));
var results = comparison.Run(Variants.All.Where(variant => !options.Smoke || variant.Bits is 2 or Variant.FullPrecision));

// 4. The tables, and what was to be shown.
console.Profile.Width = Math.Max(console.Profile.Width, 160);
console.Write(SchemeResult.Of(results[0].Trained, results));
console.Write(Oscillation.Of(oscillations));
return Checklist.Show(
    console,
    ("every folded output is within the certificate's bound", results.All(result => result.WorstRatio <= 1)),
    ("every test image keeps its class after folding", results.All(result => result.Different == 0)));
