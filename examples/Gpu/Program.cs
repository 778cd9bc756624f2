using System.Diagnostics;
using ILGPU.Runtime;
using LayerDsl.Examples;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.FashionMnist;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using LayerDsl.Ilgpu;
using Spectre.Console;
using static TorchSharp.torch;

const int Seed = 1;
const int EmulatedImages = 8;

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

// 1. The folded model that examples/FashionMnist left behind, or one that is trained for an epoch now.
var path = Path.Combine(DataCache.Default().Folder("models"), "fashion-mnist.safetensors");
var folded = !options.Smoke && File.Exists(path) ? FashionMlp.Folded.Load(path) : Train();

// 2. The device, and the model on it: weights are uploaded once.
using var context = LayerContext.Create();
console.MarkupLineInterpolated($"{context.Explanation}");
var isEmulated = context.Accelerator.AcceleratorType == AcceleratorType.CPU;
var images = isEmulated ? data.Test.Take(EmulatedImages) : options.Smoke ? data.Test.Take(500) : data.Test;
if (isEmulated)
{
    console.MarkupLineInterpolated($"There is no GPU here: {EmulatedImages} images run on the accelerator that emulates one. Times of it say nothing about a GPU.");
}

using var onDevice = new FashionMlp.OnDevice(folded, context.Accelerator);

// 3. The same images on both: the first call compiles the kernels, the second is measured.
var (expected, actual) = (new float[images.Count * folded.OutputSize], new float[images.Count * folded.OutputSize]);
folded.Forward(images.Pixels, expected, images.Count);
var compiled = Stopwatch.StartNew();
onDevice.Forward(images.Pixels, actual, images.Count);
compiled.Stop();
var measured = Stopwatch.StartNew();
onDevice.Forward(images.Pixels, actual, images.Count);
measured.Stop();

var difference = expected.Zip(actual, (a, b) => Math.Abs(a - b) / (1 + Math.Abs(a))).Max();
console.MarkupLineInterpolated($"{images.Count} images, {folded.ByteCount:N0} bytes of weights: {measured.Elapsed.TotalMilliseconds:N1} ms with both copies, the first call {compiled.Elapsed.TotalMilliseconds:N0} ms; largest difference {difference:E1}");
return Checklist.Show(
    console,
    ("every output on the device is that of the folded model within 1e-4", difference <= 1e-4),
    ("every image has the same class on both", Enumerable.Range(0, images.Count).All(image => ClassOf(expected, image) == ClassOf(actual, image))));

int ClassOf(float[] scores, int image) => Array.IndexOf(scores, scores.AsSpan(image * folded.OutputSize, folded.OutputSize).ToArray().Max(), image * folded.OutputSize) - (image * folded.OutputSize);

FashionMlp.Folded Train()
{
    random.manual_seed(Seed);
    using var model = new FashionMlp();
    var training = new TrainingOptions(options.Epochs ?? 1, BatchSize: 128, LearningRate: 2e-3, Seed, options.Smoke ? 10 : null);
    WorkProgress.Run(console, "training", report => Trainer.Train(model, data.Train, training, report));
    return model.Fold();
}
