namespace LayerDsl.Tests.Core.Folded;

public class FoldedModelTests
{
    [Fact]
    public void Forward_runs_the_layers_in_order()
    {
        var model = new TwoLayerModel(
            new FoldedLinear("Hidden", 2, 2, [1, 0, 0, -1], [0, 1]),
            new FoldedLinear("Head", 2, 1, [10, 1], []));
        var y = new float[2];

        model.Forward([3, -4, -5, 6], y, 2);

        // relu(3, 5) → 35; relu(−5, −5) → 0.
        Assert.Equal([35f, 0f], y);
    }

    [Fact]
    public void A_model_tells_its_name_sizes_layers_and_bytes()
    {
        var model = TwoLayerModel.Random(1);

        Assert.Equal(("TwoLayer", 3, 2), (model.ModelName, model.InputSize, model.OutputSize));
        Assert.Equal(["Hidden", "Head"], model.Layers.Select(layer => layer.Name));
        Assert.Equal(15 + 5 + 10, model.ParameterCount);
        Assert.Equal(30 * 4, model.ByteCount);
    }

    [Theory]
    [InlineData(0, 0, 0, "samples of the batch")]
    [InlineData(-1, 3, 2, "-1")]
    [InlineData(2, 5, 4, "2 × 3 = 6")]
    [InlineData(2, 6, 3, "2 × 2 = 4")]
    [InlineData(2, 7, 4, "7")]
    public void Wrong_sizes_are_refused_with_the_model_and_both_values(int batch, int inputs, int outputs, string expected)
    {
        var y = Enumerable.Repeat(42f, outputs).ToArray();

        var error = Assert.Throws<LayerShapeException>(() => TwoLayerModel.Random(1).Forward(new float[inputs], y, batch));

        Assert.Equal("TwoLayer", error.Layer);
        Assert.Contains("'TwoLayer'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.All(y, value => Assert.Equal(42f, value));
    }

    [Fact]
    public void An_output_inside_the_input_is_refused()
    {
        var memory = new float[5];

        var error = Assert.Throws<LayerShapeException>(() => TwoLayerModel.Random(1).Forward(memory.AsSpan(0, 3), memory.AsSpan(2, 2), 1));

        Assert.Contains("memory", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_layers_of_one_name_are_refused()
    {
        var layer = new FoldedLinear("Same", 1, 1, [1], []);

        Assert.Contains("'Same'", Assert.Throws<ArgumentException>(() => new TwoLayerModel(layer, layer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_get_the_same_outputs_as_one()
    {
        const int threads = 8, rounds = 200, batch = 9;
        var model = TwoLayerModel.Random(2, inputs: 31, width: 65, outputs: 7);
        var inputs = Enumerable.Range(0, threads).Select(thread => Values.Uniform(new Random(thread), batch * 31)).ToArray();
        var expected = inputs.Select(x => Run(model, x, batch)).ToArray();
        using var start = new Barrier(threads);

        var runs = inputs.Select(x => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Enumerable.Range(0, rounds).Select(_ => Run(model, x, batch)).ToArray();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        var outputs = await Task.WhenAll(runs);

        for (var thread = 0; thread < threads; thread++)
        {
            Assert.All(outputs[thread], y => Assert.Equal(expected[thread], y));
        }
    }

    [Fact]
    public void Forward_does_not_allocate_once_the_pool_is_warm()
    {
        var model = TwoLayerModel.Random(3, inputs: 31, width: 65, outputs: 7);
        var x = Values.Uniform(new Random(1), 9 * 31);
        var y = new float[9 * 7];

        // The runtime's own work (a method compiled again, a pool trimmed under memory pressure) may fall into one series,
        // not into all of them.
        var allocated = Enumerable.Range(0, 20).Select(_ => Allocated(100, () => model.Forward(x, y, 9))).ToArray();
        Assert.Contains(0, allocated);

        static long Allocated(int times, Action action)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                action();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static float[] Run(TwoLayerModel model, float[] x, int batch)
    {
        var y = new float[batch * model.OutputSize];
        model.Forward(x, y, batch);
        return y;
    }
}
