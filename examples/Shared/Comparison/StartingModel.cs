using System.Globalization;
using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Comparison;

/// <summary>The model in full precision that a comparison starts from. It is trained once and kept, so that a comparison that was stopped costs no second training.</summary>
public static class StartingModel
{
    /// <summary>Trains a model, or reads what an earlier run with the same options has trained. A run that ends its epochs early is not kept.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="model">The model; its weights are random.</param>
    /// <param name="train">What to train on.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">The folder of kept models; a file there can be deleted at any time.</param>
    /// <param name="name">The name of the comparison.</param>
    public static void Prepare(IAnsiConsole console, nn.Module<Tensor, Tensor> model, LabelledImages train, TrainingOptions options, string folder, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-full-{options.Epochs}-epochs-{options.LearningRate}-seed-{options.Seed}.dat"));
        if (options.MostBatchesPerEpoch is null && File.Exists(path))
        {
            model.load(path);
            model.eval();
            return;
        }

        WorkProgress.Run(console, "full precision", report => Trainer.Train(model, train, options, report));
        if (options.MostBatchesPerEpoch is null)
        {
            // Renamed when whole: a run that is stopped leaves no half of a model.
            model.save(path + ".part");
            File.Move(path + ".part", path, overwrite: true);
        }
    }
}
