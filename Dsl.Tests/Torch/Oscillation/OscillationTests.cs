using LayerDsl.Oscillation;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Oscillation;

[Linear(4, 2, Bias = false), Quantize(Bits = 2, Scheme = Scheme.StatsQ, Granularity = Granularity.Tensor)]
public sealed partial class TwoBits;

[Linear(6, 5), Quantize(Bits = 4)]
public sealed partial class FourBits;

[Linear(6, 5), Quantize(Bits = 3, Symmetric = false, Granularity = Granularity.Group, GroupSize = 3)]
public sealed partial class WithZeroPoints;

[Linear(6, 5), LowRank(2)]
public sealed partial class NotQuantized;

/// <summary>What the codes of a training do, and how annealing holds them.</summary>
public sealed class OscillationTests
{
    [Fact]
    public void Frequencies_follow_their_definition()
    {
        // Up, down, up, still, up once more: the second and third changes go back, the last does not.
        var history = new CodeHistory([1]);
        byte[] path = [2, 1, 2, 2, 3];
        double[] back = [0, 1, 1, 0, 0];
        var frequency = 0.0;
        for (var k = 0; k < path.Length; k++)
        {
            frequency = (0.25 * back[k]) + (0.75 * frequency);
            var row = history.Follow("layer", [path[k]], 0.25f, 0.2f);
            Assert.Equal(k == 3 ? 0 : 1, row.Flipped);
            Assert.Equal(back[k], row.Oscillated);
            Assert.Equal(frequency > 0.2 ? 1 : 0, row.Oscillating);
        }
    }

    [Fact]
    public void Flips_of_a_layer_are_counted()
    {
        using var scope = NewDisposeScope();
        using var layer = new TwoBits();
        var weight = tensor([0.9f, -0.9f, 0.9f, -0.9f, 0.1f, -0.1f, 0.1f, -0.1f]).reshape(2, 4);
        layer.LoadWeight(weight);
        var monitor = new OscillationMonitor(layer, momentum: 0.5, threshold: 0.4);

        var first = monitor.Observe();
        layer.LoadWeight(weight * tensor([1f, 1, 1, 1, -1, 1, 1, 1]).reshape(2, 4));
        var second = monitor.Observe();
        layer.LoadWeight(weight);
        var third = monitor.Observe();

        Assert.Equal((0.0, 0.0), (first.Flipped, first.Oscillated));
        Assert.Equal((0.125, 0.0), (second.Flipped, second.Oscillated));
        Assert.Equal((0.125, 0.125, 0.125), (third.Flipped, third.Oscillated, third.Oscillating));
        Assert.Equal(8, third.Rows.Single().Weights);
    }

    [Theory]
    [InlineData("four bits")]
    [InlineData("two bits")]
    [InlineData("zero points")]
    public void Frozen_weights_are_bit_identical_after_a_step_with_momentum_and_decay(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        Layer layer = name switch { "four bits" => new FourBits(), "two bits" => new TwoBits(), _ => new WithZeroPoints() };
        var width = name == "two bits" ? 4 : 6;
        var parameter = layer.named_parameters().Single(pair => pair.name == "weight").parameter;
        using var optimizer = optim.AdamW(layer.parameters(), 0.01, weight_decay: 0.1);
        void Backward()
        {
            optimizer.zero_grad();
            layer.call(randn(8, width)).square().sum().backward();
        }

        Backward();
        optimizer.step();
        Backward();
        var before = parameter.detach().clone();
        var expected = NearThreshold(layer, before, 0.2);
        var share = new ConfidenceGuidedAnnealing(layer, 0.2).Step(optimizer);
        var moved = parameter.detach().ne(before);

        Assert.Equal(0, moved.ne(expected).sum().item<long>());
        Assert.Equal(1 - expected.to_type(float64).mean().item<double>(), share, 1e-12);
        Assert.InRange(share, 0.05, 0.95);
    }

    [Fact]
    public void Models_and_numbers_that_make_no_sense_are_refused()
    {
        using var layer = new FourBits();
        using var other = new NotQuantized();
        using var merged = new Attention.MergedModel();
        Assert.Throws<ArgumentException>(() => new OscillationMonitor(other));
        Assert.Throws<ArgumentException>(() => new ConfidenceGuidedAnnealing(other));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OscillationMonitor(layer, momentum: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OscillationMonitor(layer, threshold: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfidenceGuidedAnnealing(layer, 0.6));
        Assert.Equal(["Mixer.output", "Mixer.queryKey", "Mixer.value"], new OscillationMonitor(merged).Observe().Rows.Select(row => row.Layer).Order(StringComparer.Ordinal));
    }

    /// <summary>Moving a weight by so many steps up or down changes its code: that is what being near a threshold means. The scales are those of the layer now.</summary>
    private static Tensor NearThreshold(Layer layer, Tensor weight, double range)
    {
        var folded = ((FoldedLinear)layer.Fold()).Quantized!;
        var (rows, columns) = (folded.Codes.Rows, folded.Codes.Columns);
        var near = new bool[rows * columns];
        var values = weight.data<float>().ToArray();
        for (var k = 0; k < near.Length; k++)
        {
            var group = folded.Format.GroupSize == 0 ? 0 : k / folded.Format.GroupSize;
            var step = (double)folded.Scales[group] * (folded.Format.Levels[1] - folded.Format.Levels[0]);
            int Code(double w) => Enumerable.Range(0, folded.Format.Levels.Count)
                .MinBy(code => Math.Abs(w - (folded.Scales[group] * (folded.Format.Levels[code] - (folded.Format.HasZeroPoints ? folded.Zeros[group] : 0)))));
            near[k] = Code(values[k] - (range * step)) != Code(values[k] + (range * step));
        }

        return tensor(near).reshape(rows, columns);
    }
}
