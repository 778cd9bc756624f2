using LayerDsl.Examples.Data;
using LayerDsl.Examples.Training;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Examples;

public sealed class TrainerTests
{
    [Fact]
    public void A_linear_classifier_learns_the_digits_and_ends_in_eval_mode()
    {
        var data = DigitsData.Load();
        using var model = nn.Linear(64, 10);
        var fractions = new List<double>();
        var result = Trainer.Train(model, data.Train, new TrainingOptions(5, 32, 1e-2, Seed: 1), (fraction, _) => fractions.Add(fraction));
        Assert.True(Evaluation.Accuracy(Evaluation.Classes(model, data.Test), data.Test) > 0.85);
        Assert.Equal(5 * 45, fractions.Count);
        Assert.Equal(1, fractions[^1]);
        Assert.Equal(fractions.Order(), fractions);
        Assert.True(result.TimePerBatch > TimeSpan.Zero && result.TimePerBatch < result.Duration);
        Assert.False(model.training);
    }

    [Fact]
    public void The_same_seed_gives_the_same_model()
    {
        var data = DigitsData.Load().Train.Take(200);
        float[] Train(int seed)
        {
            using var model = nn.Linear(64, 10);
            using (no_grad())
            {
                model.weight!.fill_(0.01);
                model.bias!.fill_(0);
            }

            Trainer.Train(model, data, new TrainingOptions(1, 64, 1e-2, seed), (_, _) => { });
            return model.weight!.data<float>().ToArray();
        }

        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));
    }

    [Fact]
    public void A_quick_run_sees_only_some_batches()
    {
        var steps = 0;
        using var model = nn.Linear(64, 10);
        Trainer.Train(model, DigitsData.Load().Train, new TrainingOptions(2, 32, 1e-3, Seed: 1, MostBatchesPerEpoch: 3), (_, _) => steps++);
        Assert.Equal(6, steps);
    }

    [Fact]
    public void What_follows_a_step_is_called_after_each_of_them()
    {
        using var model = nn.Linear(64, 10);
        var weights = new List<float> { model.weight![0, 20].item<float>() };
        Trainer.Train(model, DigitsData.Load().Train, new TrainingOptions(1, 32, 1e-3, Seed: 1, MostBatchesPerEpoch: 4), (_, _) => { }, () => weights.Add(model.weight![0, 20].item<float>()));
        Assert.Equal(5, weights.Distinct().Count());
    }

    [Fact]
    public void Accuracy_counts_the_right_answers()
    {
        var images = new LabelledImages(new float[4], [1, 2, 3, 4], 1);
        Assert.Equal(0.75, Evaluation.Accuracy([1, 2, 3, 0], images));
        Assert.Equal(1, Evaluation.Differences([1, 2], [1, 3]));
    }
}
