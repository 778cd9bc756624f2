using System.Diagnostics;
using LayerDsl.Examples.Data;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Training;

/// <summary>A plain TorchSharp training loop. It knows nothing of LayerDsl: a generated layer is an ordinary module.</summary>
public static class Trainer
{
    /// <summary>Trains a classifier. The model is in eval mode afterwards.</summary>
    /// <param name="model">Gives logits for a batch of images, (n, pixels) → (n, classes).</param>
    /// <param name="data">The images.</param>
    /// <param name="options">How to train.</param>
    /// <param name="report">Is given the fraction done and how it goes.</param>
    /// <param name="afterStep">Is called after every step of the optimizer; null for nothing.</param>
    public static TrainingResult Train(nn.Module<Tensor, Tensor> model, LabelledImages data, TrainingOptions options, Action<double, string> report, Action? afterStep = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)options.Seed);
        var images = tensor(data.Pixels, [data.Count, data.PixelsPerImage]);
        var labels = tensor(data.Labels, ScalarType.Int64);
        var batches = Math.Min((data.Count + options.BatchSize - 1) / options.BatchSize, options.MostBatchesPerEpoch ?? int.MaxValue);
        using var optimizer = optim.Adam(model.parameters(), options.LearningRate);
        var steps = new List<(double Loss, double Seconds)>();
        var clock = Stopwatch.StartNew();
        model.train();
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            using var order = randperm(data.Count, generator: generator);
            for (var batch = 0; batch < batches; batch++)
            {
                var done = (double)steps.Count / (options.Epochs * batches);
                SetRate(optimizer, options.LearningRate * (1 - done));
                var first = batch * options.BatchSize;
                steps.Add(Step(model, optimizer, images, labels, order.narrow(0, first, Math.Min(options.BatchSize, data.Count - first))));
                afterStep?.Invoke();
                report((double)steps.Count / (options.Epochs * batches), $"epoch {epoch + 1} of {options.Epochs}, loss {steps[^1].Loss:F3}");
            }
        }

        model.eval();
        return new TrainingResult(
            steps.TakeLast(batches).Average(step => step.Loss), clock.Elapsed, TimeSpan.FromSeconds(Median(steps.Select(step => step.Seconds))));
    }

    private static (double Loss, double Seconds) Step(
        nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor images, Tensor labels, Tensor rows)
    {
        // Everything the step allocates is freed at its end: native memory stays flat however long the training is.
        using var scope = NewDisposeScope();
        var (x, y) = (images.index_select(0, rows), labels.index_select(0, rows));
        var started = Stopwatch.GetTimestamp();
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return (loss.item<float>(), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static void SetRate(optim.Optimizer optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
