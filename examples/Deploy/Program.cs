// Loads the folded model that examples/FashionMnist wrote, and classifies a picture of each class.
// Arguments: the file, and when this program was started, in nanoseconds since 1970: it then reports how long the first prediction took, and ends.
using System.Diagnostics;
using System.Globalization;
using LayerDsl;
using LayerDsl.Examples.Deploy;
using LayerDsl.Examples.FashionMnist;

const int TimedRuns = 1000;

if (args.Length is not (1 or 2))
{
    Console.Error.WriteLine("Usage: Deploy <folded model, for instance .cache/models/fashion-mnist.safetensors> [<start in ns since 1970>]");
    return 2;
}

FashionMlp.Folded model;
try
{
    model = FashionMlp.Folded.Load(args[0]);
}
catch (FoldedFileException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

var pixels = Pictures.Load();
var scores = new float[model.OutputSize];
model.Forward(Pictures.At(pixels, 0), scores, batch: 1);
if (args.Length == 2 && long.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out var started))
{
    Console.WriteLine($"first prediction {((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - started) / 1e6:F1} ms after the start");
    return 0;
}

for (var k = 0; k < Pictures.Classes.Length; k++)
{
    model.Forward(Pictures.At(pixels, k), scores, batch: 1);
    Console.WriteLine($"{Pictures.Classes[k],-12} is predicted as {Pictures.Classes[Pictures.Largest(scores)]}");
}

var watch = Stopwatch.StartNew();
for (var run = 0; run < TimedRuns; run++)
{
    model.Forward(Pictures.At(pixels, run % Pictures.Classes.Length), scores, batch: 1);
}

Console.WriteLine($"{model.ParameterCount} parameters, {model.ByteCount} bytes; {watch.Elapsed.TotalMicroseconds / TimedRuns:F1} µs per picture");
return 0;
