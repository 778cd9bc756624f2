using System.Globalization;
using LayerDsl;
using LayerDsl.Examples;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.FashionMnist;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

const int Seed = 1;
const double LeastAccuracy = 0.88;

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

var training = new TrainingOptions(options.Epochs ?? (options.Smoke ? 1 : 5), BatchSize: 128, LearningRate: 2e-3, Seed, options.Smoke ? 10 : null);
var test = options.Smoke ? data.Test.Take(500) : data.Test;

// 1. Train the model with reparameterized layers, and a plain one beside it. Both are ordinary TorchSharp modules.
random.manual_seed(Seed);
using var plain = new PlainMlp();
var plainTraining = WorkProgress.Run(console, "plain", report => Trainer.Train(plain, data.Train, training, report));
random.manual_seed(Seed);
using var model = new FashionMlp();
var modelTraining = WorkProgress.Run(console, "LayerDsl", report => Trainer.Train(model, data.Train, training, report));

// 2. Fold: the reparameterizations are merged into plain weights, and libtorch is not needed any more.
var path = Path.Combine(DataCache.Default().Folder("models"), "fashion-mnist.safetensors");
model.Fold().Save(path);
var folded = FashionMlp.Folded.Load(path);

// 3. Verify: no output may differ by more than the rounding bound that was derived when the model was compiled.
using var sample = tensor(test.Pixels, [test.Count, test.PixelsPerImage]);
var verified = model.VerifyFold(sample);
console.WriteLine();
console.WriteLine(verified.ToString());

// 4. What the file holds: the weights of Middle take half a byte each. Middle is wider than declared, because Head is widened.
var middle = (FoldedLinear)folded.Layers.Single(layer => layer.Name == nameof(FashionMlp.Middle));
var (weights, codes, fileBytes) = ((long)middle.InFeatures * middle.OutFeatures, SafetensorsFile.Read(path).Get("Middle.codes").Data.Length, new FileInfo(path).Length);
console.Write(StoredTensors.Of(SafetensorsFile.Read(path)));
console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Middle has {weights:N0} weights in {codes:N0} bytes of codes. The file has {fileBytes:N0} bytes; with 32-bit floats in Middle it would have {fileBytes - codes + (weights * sizeof(float)):N0}."));

// 5. Compare.
var result = ModelResult.Measure("LayerDsl", model, modelTraining, test) with { Folded = FoldedResult.Measure(model, folded, verified, test) };
console.Write(ResultTable.Of(ModelResult.Measure("plain", plain, plainTraining, test), result));
console.WriteLine($"{data.Train.Count} training images, {test.Count} test images. The folded model is in {path}");
return Checklist.Show(
    console,
    ("every folded output is within the certificate's bound", result.Folded!.Output.LargestRatio <= 1),
    ("the file holds the weights of Middle in 4 bits each", codes == weights / 2),
    ("every test image keeps its class after folding", result.Folded.DifferentClasses == 0),
    ($"the test accuracy is at least {LeastAccuracy:P0}{(options.Smoke ? " (not asked of a smoke run)" : "")}", options.Smoke || result.Accuracy >= LeastAccuracy));
