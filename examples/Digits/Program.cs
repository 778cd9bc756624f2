using LayerDsl.Examples;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Digits;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

const int Seed = 1;
const double LeastAccuracy = 0.93;

if (ExampleOptions.Parse(args, out var error) is not { } options)
{
    Console.Error.WriteLine(error);
    return 2;
}

// So small a batch is done before a second thread has begun.
set_num_threads(1);
var console = AnsiConsole.Console;
var data = DigitsData.Load();
var training = new TrainingOptions(options.Epochs ?? (options.Smoke ? 1 : 40), BatchSize: 32, LearningRate: 3e-3, Seed, options.Smoke ? 10 : null);

// 1. Train the model with reparameterized layers, and a plain one beside it. Both are ordinary TorchSharp modules.
random.manual_seed(Seed);
using var plain = new PlainMlp();
var plainTraining = WorkProgress.Run(console, "plain", report => Trainer.Train(plain, data.Train, training, report));
random.manual_seed(Seed);
using var model = new DigitsMlp();
var modelTraining = WorkProgress.Run(console, "LayerDsl", report => Trainer.Train(model, data.Train, training, report));

// 2. Fold: the reparameterizations are merged into plain weights, and libtorch is not needed any more.
var path = Path.Combine(DataCache.Default().Folder("models"), "digits.safetensors");
model.Fold().Save(path);
var folded = DigitsMlp.Folded.Load(path);

// 3. Verify: no output may differ by more than the rounding bound that was derived when the model was compiled.
using var sample = tensor(data.Test.Pixels, [data.Test.Count, data.Test.PixelsPerImage]);
var verified = model.VerifyFold(sample);
console.WriteLine();
console.WriteLine(verified.ToString());

// 4. Compare.
var result = ModelResult.Measure("LayerDsl", model, modelTraining, data.Test) with { Folded = FoldedResult.Measure(model, folded, verified, data.Test) };
console.Write(ResultTable.Of(ModelResult.Measure("plain", plain, plainTraining, data.Test), result));
console.WriteLine($"{data.Train.Count} training images, {data.Test.Count} test images. The folded model is in {path}");
return Checklist.Show(
    console,
    ("every folded output is within the certificate's bound", result.Folded!.Output.LargestRatio <= 1),
    ("every test image keeps its class after folding", result.Folded.DifferentClasses == 0),
    ($"the test accuracy is at least {LeastAccuracy:P0}{(options.Smoke ? " (not asked of a smoke run)" : "")}", options.Smoke || result.Accuracy >= LeastAccuracy));
