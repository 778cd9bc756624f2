using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Sparse;

[LayerModel]
public sealed partial class SparseRegression : nn.Module<Tensor, Tensor>
{
    [Linear(12, 32), SparseIso(0.75, Kind = SparseKind.Parallel, Mask = MaskSchedule.RigL)]
    public partial Layer Hidden { get; }

    [Linear(32, 32), SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.Set)]
    public partial Layer Middle { get; }

    [Linear(32, 4), SparseIso(0.8, Kind = SparseKind.Factorized, Mask = MaskSchedule.RigL)]
    public partial Layer Head { get; }

    public override Tensor forward(Tensor x) => Head.forward(Middle.forward(Hidden.forward(x).relu()).relu());
}

[Linear(20, 10), SparseIso(0.9, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)]
public sealed partial class RigLLayer;

public sealed class SparseTrainerTests
{
    public static TheoryData<string> Optimizers => ["SGD", "Adam", "AdamW", "RMSProp", "NAdam", "RAdam", "Adagrad", "Adamax", "Adadelta"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Training_lowers_the_loss_moves_masks_and_keeps_every_count_of_ones(string name)
    {
        manual_seed(7);
        var model = new SparseRegression();
        var optimizer = Make(name, model);
        var trainer = new SparseTrainer(model, optimizer, new SparseTrainerOptions(120) { Interval = 10 });
        var parts = model.modules().OfType<Layer>().SelectMany(layer => layer.GetMaskedParameters()).ToArray();
        var counts = parts.Select(CountsOf).ToArray();
        var first = parts.Select(part => part.Mask.clone()).ToArray();
        var x = randn(64, 12);
        var target = x.matmul(randn(12, 4)).sin();
        var losses = new List<double>();
        for (var step = 1; step <= 120; step++)
        {
            optimizer.zero_grad();
            var loss = (model.forward(x) - target).square().mean();
            loss.backward();
            _ = optimizer.step();
            var moved = trainer.Step();
            losses.Add(loss.item<float>());

            // T_end is step 90: the update there is the first that moves nothing.
            Assert.Equal(step % 10 == 0 && step < 90, moved > 0);
            Assert.All(parts.Zip(counts), pair => Assert.Equal(pair.Second, CountsOf(pair.First)));
            Assert.All(parts, part => Assert.Equal(0, (part.Weight * (1 - part.Mask)).abs().max().item<float>()));
        }

        Assert.True(losses[^1] < 0.9 * losses[0], $"{losses[0]} → {losses[^1]}");
        Assert.All(parts.Zip(first), pair => Assert.NotEqual(0, (pair.First.Mask - pair.Second).abs().sum().item<float>()));
    }

    [Fact]
    public void RigL_drops_the_smallest_weights_and_grows_where_the_gradient_is_largest()
    {
        manual_seed(1);
        var layer = new RigLLayer();
        var optimizer = optim.SGD(layer.parameters(), 0.0);
        var trainer = new SparseTrainer(layer, optimizer, new SparseTrainerOptions(1000) { Interval = 1 });
        var part = layer.GetMaskedParameters()[0];
        var (mask, weight) = (part.Mask.detach().clone(), part.Weight.detach().clone());
        var x = randn(32, 20);
        layer.forward(x).square().sum().backward();
        var upstream = 2 * layer.forward(x).detach();
        var dense = upstream.t().matmul(x).abs();
        var moved = trainer.Step();

        // α/2 · (1 + cos(π·1/750)) of 20 live weights.
        Assert.Equal(6, moved);
        var (wasAlive, isAlive) = (mask.reshape(-1).gt(0.5).data<bool>().ToArray(), part.Mask.reshape(-1).gt(0.5).data<bool>().ToArray());
        var (size, score) = (weight.abs().reshape(-1).data<float>().ToArray(), dense.reshape(-1).data<float>().ToArray());
        var dropped = Enumerable.Range(0, 200).Where(k => wasAlive[k] && !isAlive[k]).ToArray();
        var grown = Enumerable.Range(0, 200).Where(k => !wasAlive[k] && isAlive[k]).ToArray();
        Assert.Equal(Enumerable.Range(0, 200).Where(k => wasAlive[k]).OrderBy(k => size[k]).Take(6).Order(), dropped);
        Assert.Equal(Enumerable.Range(0, 200).Where(k => !wasAlive[k]).OrderByDescending(k => score[k]).Take(6).Order(), grown);
        Assert.All(grown, k => Assert.Equal(0, part.Weight.reshape(-1)[k].item<float>()));
    }

    [Theory]
    [InlineData("SGD")]
    [InlineData("AdamW")]
    public void The_optimizer_forgets_what_it_knew_of_places_that_changed(string name)
    {
        manual_seed(2);
        var layer = new RigLLayer();
        var optimizer = Make(name, layer);
        var trainer = new SparseTrainer(layer, optimizer, new SparseTrainerOptions(100) { Interval = 3 });
        var part = layer.GetMaskedParameters()[0];
        var before = part.Mask.detach().clone();
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            layer.forward(randn(8, 20)).square().sum().backward();
            _ = optimizer.step();
            _ = trainer.Step();
        }

        var state = ((TorchSharp.Modules.OptimizerHelper)optimizer).state_dict().State[0];
        var memory = state switch
        {
            TorchSharp.Modules.SGD.State sgd => sgd.momentum_buffer,
            TorchSharp.Modules.AdamW.State adam => adam.exp_avg,
            _ => throw new InvalidOperationException("an optimizer of another kind"),
        };
        var kept = before * part.Mask;
        Assert.Equal(0, (memory * (1 - kept)).abs().max().item<float>());
        Assert.NotEqual(0, (memory * kept).abs().max().item<float>());
        Assert.True((before - part.Mask).abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Gradients_of_masks_are_asked_for_before_an_update_only()
    {
        var layer = new RigLLayer();
        var optimizer = optim.SGD(layer.parameters(), 0.1);
        var trainer = new SparseTrainer(layer, optimizer, new SparseTrainerOptions(100) { Interval = 2 });
        Assert.False(layer.GetMaskedParameters()[0].Mask.requires_grad);
        _ = trainer.Step();
        Assert.True(layer.GetMaskedParameters()[0].Mask.requires_grad);
        layer.forward(randn(4, 20)).sum().backward();
        layer.forward(randn(4, 20)).sum().backward(); // a second micro-batch adds to the first
        Assert.NotNull(layer.GetMaskedParameters()[0].Mask.grad);
        Assert.True(trainer.Step() > 0);
        Assert.False(layer.GetMaskedParameters()[0].Mask.requires_grad);
        Assert.Null(layer.GetMaskedParameters()[0].Mask.grad);
    }

    [Fact]
    public void A_schedule_goes_on_from_a_checkpoint()
    {
        var layer = new RigLLayer();
        var trainer = new SparseTrainer(layer, optim.SGD(layer.parameters(), 0.1), new SparseTrainerOptions(100) { Interval = 10, StepsDone = 19 });
        Assert.True(layer.GetMaskedParameters()[0].Mask.requires_grad);
        layer.forward(randn(4, 20)).sum().backward();
        Assert.True(trainer.Step() > 0);
        Assert.Equal(20, trainer.Steps);
    }

    [Fact]
    public void An_update_without_a_gradient_is_refused_and_changes_nothing()
    {
        var layer = new RigLLayer();
        var trainer = new SparseTrainer(layer, optim.SGD(layer.parameters(), 0.1), new SparseTrainerOptions(100) { Interval = 1 });
        var before = layer.GetMaskedParameters()[0].Mask.detach().clone();
        var error = Assert.Throws<InvalidOperationException>(() => trainer.Step());
        Assert.Contains("backward()", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.Steps);
        Assert.Equal(0, (before - layer.GetMaskedParameters()[0].Mask).abs().sum().item<float>());
    }

    [Fact]
    public void Decay_of_the_folded_weight_pulls_every_branch_by_the_sum()
    {
        var layer = new ParallelLayer();
        var trainer = new SparseTrainer(layer, optim.SGD(layer.parameters(), 0.5), new SparseTrainerOptions(10) { FoldedWeightDecay = 0.1 });
        var part = layer.GetMaskedParameters()[0];
        var before = part.Weight.detach().clone();
        _ = trainer.Step();
        var folded = (before * part.Mask).sum(dim: 0);
        GradientTests.AssertClose(before - (part.Mask * folded * 0.05), part.Weight.detach(), 1e-6, "branches");
    }

    [Fact]
    public void A_trainer_refuses_what_it_cannot_do()
    {
        var layer = new RigLLayer();
        var sgd = optim.SGD(layer.parameters(), 0.1);
        Assert.Contains("[SparseIso]", Assert.Throws<ArgumentException>(() => new SparseTrainer(new PlainLayer(), sgd, new SparseTrainerOptions(1))).Message, StringComparison.Ordinal);
        Assert.Contains("ASGD", Assert.Throws<ArgumentException>(() => new SparseTrainer(layer, optim.ASGD(layer.parameters()), new SparseTrainerOptions(1))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SparseTrainer(layer, optim.LBFGS(layer.parameters()), new SparseTrainerOptions(1)));
        foreach (var options in new[]
        {
            new SparseTrainerOptions(0), new SparseTrainerOptions(1) { Interval = 0 }, new SparseTrainerOptions(1) { DropFraction = double.NaN },
            new SparseTrainerOptions(1) { EndFraction = 1.5 }, new SparseTrainerOptions(1) { FoldedWeightDecay = -1 },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SparseTrainer(layer, sgd, options));
        }
    }

    [Fact]
    public void The_share_of_moved_weights_follows_the_cosine_of_the_paper()
    {
        var options = new SparseTrainerOptions(1000);
        Assert.Equal(0.3, options.FractionAt(0), 1e-12);
        Assert.Equal(0.15, options.FractionAt(375), 1e-12);
        Assert.Equal(0, options.FractionAt(750));
        Assert.Equal(0, options.FractionAt(900));
    }

    private static float[] CountsOf(MaskedParameter part) =>
        part.Mask.detach().reshape(part.Branches, -1).sum(dim: 1).data<float>().ToArray();

    private static optim.Optimizer Make(string name, nn.Module model) => name switch
    {
        "SGD" => optim.SGD(model.parameters(), 0.05, momentum: 0.9, weight_decay: 1e-3),
        "Adam" => optim.Adam(model.parameters(), 0.01, weight_decay: 1e-3),
        "AdamW" => optim.AdamW(model.parameters(), 0.01),
        "RMSProp" => optim.RMSProp(model.parameters(), 0.003, momentum: 0.5),
        "NAdam" => optim.NAdam(model.parameters(), 0.01),
        "RAdam" => optim.RAdam(model.parameters(), 0.05),
        "Adagrad" => optim.Adagrad(model.parameters(), 0.05),
        "Adamax" => optim.Adamax(model.parameters(), 0.01),
        _ => optim.Adadelta(model.parameters(), 1.0),
    };
}
