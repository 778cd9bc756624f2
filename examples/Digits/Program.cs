// Trains a small model on handwritten digits, folds it, and compares both forms on every test image.
using LayerDsl.Examples;
using static TorchSharp.torch;

var (training, test) = DigitsData.Load();
random.manual_seed(1);
var model = new DigitsMlp();
var trained = Trainer.Train("digits", model, training, new TrainingPlan(Epochs: 40, BatchSize: 64, LearningRate: 3e-3));

var folded = model.Fold();
var (before, after) = (Predictions.Of(model, test), Predictions.Of(folded, test));
using var sample = test.Images();
var report = model.VerifyFold(sample);
ResultTable.Print(report);
ResultTable.Print("Digits, 360 test images", new ResultRow(
    "LayerDsl",
    before.Accuracy(test),
    after.Accuracy(test),
    before.Differing(after),
    before.LargestDifference(after),
    report.Rows.Single(row => row.Name == "output").Bound,
    model.Certificates.Sum(certificate => certificate.Parameters),
    folded.ParameterCount,
    trained.MillisecondsPerBatch));
