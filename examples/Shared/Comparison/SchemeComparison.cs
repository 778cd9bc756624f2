using LayerDsl.Examples.Data;
using LayerDsl.Examples.Reporting;
using LayerDsl.Examples.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Comparison;

/// <summary>Trains variants of one model on from its weights, and folds each of them.</summary>
/// <param name="Console">Where each result is shown as soon as it is known.</param>
/// <param name="Full">The model in full precision that all start from.</param>
/// <param name="Train">What to train on.</param>
/// <param name="Test">What to measure with.</param>
/// <param name="Tuning">How to train each variant.</param>
/// <param name="Path">The file that folded models are saved to, each in the place of the one before.</param>
public sealed record SchemeComparison(IAnsiConsole Console, nn.Module<Tensor, Tensor> Full, LabelledImages Train, LabelledImages Test, TrainingOptions Tuning, string Path)
{
    private const int CalibrationImages = 2000;

    /// <summary>Takes the weights of the full model, trains with the rounding in place, folds.</summary>
    /// <param name="variants">What to compare, each on its own.</param>
    /// <returns>A result for each.</returns>
    public IReadOnlyList<SchemeResult> Run(IEnumerable<Variant> variants)
    {
        ArgumentNullException.ThrowIfNull(variants);
        return [.. variants.Select(Run)];
    }

    private SchemeResult Run(Variant variant)
    {
        random.manual_seed(Tuning.Seed);
        using var model = variant.New();
        LayerWeights.Copy(Full, model);
        if (variant.AreInputsRounded)
        {
            var some = Train.Take(CalibrationImages);
            using var sample = tensor(some.Pixels, [some.Count, some.PixelsPerImage]);
            model.Calibrate([sample]);
        }

        model.eval();
        var started = Evaluation.Accuracy(Evaluation.Classes(model, Test), Test);
        WorkProgress.Run(Console, $"{variant.Scheme} {variant.Bits}", report => Trainer.Train(model, Train, Tuning, report));
        var result = SchemeResult.Measure(variant, model, started, Test, Path);
        Console.WriteLine(result.ToString());
        return result;
    }
}
