using LayerDsl.Examples.Data;
using LayerDsl.Examples.Training;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Reporting;

/// <summary>One model of a comparison.</summary>
/// <param name="Name">The model.</param>
/// <param name="Accuracy">How many test images it classifies rightly, from 0 to 1.</param>
/// <param name="Parameters">The numbers it stores in training.</param>
/// <param name="Bytes">The bytes they take.</param>
/// <param name="Training">How its training went.</param>
/// <param name="Folded">The folded model; null for a model that has none.</param>
public sealed record ModelResult(string Name, double Accuracy, long Parameters, long Bytes, TrainingResult Training, FoldedResult? Folded = null)
{
    /// <summary>Measures a trained model.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="model">The model.</param>
    /// <param name="training">How its training went.</param>
    /// <param name="test">The images to measure with.</param>
    public static ModelResult Measure(string name, nn.Module<Tensor, Tensor> model, TrainingResult training, LabelledImages test)
    {
        ArgumentNullException.ThrowIfNull(model);
        var accuracy = Evaluation.Accuracy(Evaluation.Classes(model, test), test);
        return new ModelResult(
            name, accuracy, model.parameters().Sum(stored => stored.numel()), model.parameters().Sum(stored => stored.numel() * stored.element_size()), training);
    }
}
