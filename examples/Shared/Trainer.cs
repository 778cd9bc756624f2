using System.Diagnostics;
using Spectre.Console;
using static TorchSharp.torch;

namespace LayerDsl.Examples;

/// <summary>How a model is trained.</summary>
public sealed record TrainingPlan(int Epochs, int BatchSize, double LearningRate, int Seed = 1);

/// <summary>What training took.</summary>
/// <param name="MillisecondsPerBatch">The median over all batches.</param>
public sealed record TrainingResult(double MillisecondsPerBatch);

/// <summary>A plain TorchSharp training loop: Adam with a cosine schedule, cross entropy, shuffled minibatches.</summary>
public static class Trainer
{
    public static TrainingResult Train(string title, nn.Module<Tensor, Tensor> model, ImageSet data, TrainingPlan plan)
    {
        manual_seed(plan.Seed);
        using var scope = NewDisposeScope();
        var (images, labels) = (data.Images(), data.Classes());
        using var optimizer = optim.Adam(model.parameters(), plan.LearningRate);
        var perEpoch = (data.Count + plan.BatchSize - 1) / plan.BatchSize;
        var times = new List<double>();
        model.train();
        Progress(title, plan.Epochs * perEpoch, tick =>
        {
            for (var epoch = 0; epoch < plan.Epochs; epoch++)
            {
                using var order = randperm(data.Count);
                for (var batch = 0; batch < perEpoch; batch++)
                {
                    var progress = ((epoch * perEpoch) + batch) / (double)(plan.Epochs * perEpoch);
                    SetLearningRate(optimizer, plan.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress)));
                    var watch = Stopwatch.StartNew();
                    var loss = Step(model, optimizer, images, labels, order.narrow(0, batch * plan.BatchSize, Math.Min(plan.BatchSize, data.Count - (batch * plan.BatchSize))));
                    times.Add(watch.Elapsed.TotalMilliseconds);
                    tick(loss);
                }
            }
        });
        return new TrainingResult(times.Order().ElementAt(times.Count / 2));
    }

    private static float Step(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor images, Tensor labels, Tensor rows)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(model.forward(images.index_select(0, rows)), labels.index_select(0, rows));
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    private static void SetLearningRate(optim.Optimizer optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }

    /// <summary>A progress bar, or a line for each tenth where the output goes to a file.</summary>
    private static void Progress(string title, int steps, Action<Action<float>> work)
    {
        if (Console.IsOutputRedirected)
        {
            var done = 0;
            work(loss =>
            {
                if (++done * 10 / steps != (done - 1) * 10 / steps)
                {
                    Console.WriteLine(FormattableString.Invariant($"{title}: {done * 100 / steps} %, loss {loss:F3}"));
                }
            });
            return;
        }

        AnsiConsole.Progress().AutoClear(false).Start(context =>
        {
            var task = context.AddTask(title, maxValue: steps);
            work(loss =>
            {
                task.Increment(1);
                task.Description = FormattableString.Invariant($"{title}, loss {loss:F3}");
            });
        });
    }
}
