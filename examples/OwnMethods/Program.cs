using System.Globalization;
using LayerDsl.Examples;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.OwnMethods;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

const int Seed = 1;
const double LeastAccuracy = 0.85;

if (ExampleOptions.Parse(args, out var error) is not { } options)
{
    Console.Error.WriteLine(error);
    return 2;
}

// So small a batch is done before a second thread has begun.
set_num_threads(1);
var console = AnsiConsole.Console;
var data = DigitsData.Load();
var training = new TrainingOptions(options.Epochs ?? (options.Smoke ? 1 : 20), BatchSize: 32, LearningRate: 3e-3, Seed, options.Smoke ? 10 : null);
Subject[] subjects =
[
    Subject.Of("WeightNorm", () => new WeightNormNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("SpectralNorm", () => new SpectralNormNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("Dora", () => new DoraNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("GatedPruning", () => new GatedPruningNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("WeightStandardization", () => new WeightStandardizationNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("Cayley", () => new CayleyNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("Circulant", () => new CirculantNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("Toeplitz", () => new ToeplitzNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("CosineLowRank", () => new CosineLowRankNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    Subject.Of("LearnedTernary", () => new LearnedTernaryNet(), model => model.Hidden, model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
];

// Each method in a net of its own: train, fold, compare both forms within the bound that was derived when it was compiled.
var results = subjects.Select(subject => subject.Run(console, data, training)).ToArray();
var table = new Table().AddColumns("method", "verdict", "parameters", "folded", "test accuracy", "error / bound");
foreach (var result in results)
{
    table.AddRow(
        result.Name,
        Markup.Escape(result.Certificate.Verdict),
        result.Certificate.Parameters.ToString("N0", CultureInfo.InvariantCulture),
        result.Certificate.FoldedParameters.ToString("N0", CultureInfo.InvariantCulture),
        result.Accuracy.ToString("P1", CultureInfo.InvariantCulture),
        result.LargestRatio.ToString("F3", CultureInfo.InvariantCulture));
}

console.Write(table);
return Checklist.Show(
    console,
    ("every fold is proved for every input, parameter and size", results.All(result => result.Certificate.Verdict.StartsWith("proved", StringComparison.Ordinal))),
    ("every folded output is within the certificate's bound", results.All(result => result.LargestRatio <= 1)),
    ($"every test accuracy is at least {LeastAccuracy:P0}{(options.Smoke ? " (not asked of a smoke run)" : "")}", options.Smoke || results.All(result => result.Accuracy >= LeastAccuracy)));
