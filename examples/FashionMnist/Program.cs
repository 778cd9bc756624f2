// Trains the same network twice on Fashion-MNIST, plain and with reparameterized layers; folds the second one, saves it,
// loads it and compares both forms on all 10 000 test images. Options: --epochs N, --smoke (seconds instead of minutes).
using LayerDsl.Examples;
using static TorchSharp.torch;

var smoke = args.Contains("--smoke");
var epochs = Array.IndexOf(args, "--epochs") is var at and >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture) : 5;
var (training, test) = new FashionMnistData(DataCache.Path, new CommandRunner()).Load();
(training, epochs) = smoke ? (training.Take(2_000), 1) : (training, epochs);
var plan = new TrainingPlan(epochs, BatchSize: 128, LearningRate: 1e-3);

random.manual_seed(1);
var plain = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10));
var plainTraining = Trainer.Train("plain TorchSharp", plain, training, plan);

random.manual_seed(1);
var model = new FashionMlp();
var modelTraining = Trainer.Train("LayerDsl", model, training, plan);

var path = Path.Combine(Path.GetTempPath(), "fashion-mlp.safetensors");
model.Fold().Save(path);
var folded = FashionMlp.Folded.Load(path);
var (before, after) = (Predictions.Of(model, test), Predictions.Of(folded, test));
using var images = test.Images();
var report = model.VerifyFold(images);
ResultTable.Print(report);
ResultTable.Print(
    FormattableString.Invariant($"Fashion-MNIST, {epochs} epochs, 10 000 test images"),
    new ResultRow("plain TorchSharp", Predictions.Of(plain, test).Accuracy(test), null, null, null, null, plain.parameters().Sum(parameter => parameter.numel()), null, plainTraining.MillisecondsPerBatch),
    new ResultRow(
        "LayerDsl",
        before.Accuracy(test),
        after.Accuracy(test),
        before.Differing(after),
        before.LargestDifference(after),
        report.Rows.Single(row => row.Name == "output").Bound,
        model.Certificates.Sum(certificate => certificate.Parameters),
        folded.ParameterCount,
        modelTraining.MillisecondsPerBatch));
Console.WriteLine(FormattableString.Invariant($"{path}: {new FileInfo(path).Length:N0} bytes"));
