using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Examples.OwnMethods;

/// <summary>A net with one method.</summary>
/// <param name="Name">The method.</param>
/// <param name="Run">Trains it, folds it and compares both forms.</param>
internal sealed record Subject(string Name, Func<IAnsiConsole, DigitsData, TrainingOptions, SubjectResult> Run)
{
    /// <summary>Describes a net.</summary>
    public static Subject Of<TModel>(string name, Func<TModel> make, Func<TModel, Layer> layerOf, Func<TModel, FoldedModel> fold, Func<TModel, Tensor, FoldReport> verify)
        where TModel : nn.Module<Tensor, Tensor> => new(name, (console, data, training) =>
    {
        random.manual_seed(training.Seed);
        using var model = make();
        WorkProgress.Run(console, name, report => Trainer.Train(model, data.Train, training, report));
        using var sample = tensor(data.Test.Pixels, [data.Test.Count, data.Test.PixelsPerImage]);
        var ratio = verify(model, sample).Rows.Max(row => row.LargestRatio);
        return new SubjectResult(name, layerOf(model).GetCertificate(), Evaluation.Accuracy(Evaluation.Classes(fold(model), data.Test), data.Test), ratio);
    });
}

/// <summary>How a net with one method went.</summary>
/// <param name="Name">The method.</param>
/// <param name="Certificate">What was proved of its layer.</param>
/// <param name="Accuracy">Of the folded net, on the test images.</param>
/// <param name="LargestRatio">The largest difference of both forms in units of its bound.</param>
internal sealed record SubjectResult(string Name, LayerCertificate Certificate, double Accuracy, double LargestRatio);
