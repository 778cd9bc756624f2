using LayerDsl.Tests.Core.Kernels;

namespace LayerDsl.Tests.Core.Folded;

public class KeyValueCacheTests
{
    private static readonly AttentionGeometry Geometry = new(8, 2, Causal: true);

    [Fact]
    public void A_full_cache_is_refused_and_stays_as_it_is()
    {
        var layer = AttentionLayers.Make(Geometry, new Random(1));
        var cache = new KeyValueCache(Geometry, 3);
        var y = new float[16];
        layer.Step(new float[16], cache, y);
        var before = (float[])y.Clone();

        var error = Assert.Throws<KeyValueCacheFullException>(() => layer.Step(new float[16], cache, y));

        Assert.Equal(("A", 3, 2, 2), (error.Layer, error.Capacity, error.Count, error.Tokens));
        Assert.Contains("Reset", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, cache.Count);
        Assert.Equal(before, y);
        layer.Step(new float[8], cache, y.AsSpan(0, 8));
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public void Reset_starts_a_new_sequence()
    {
        var layer = AttentionLayers.Make(Geometry, new Random(1));
        var x = Values.Uniform(new Random(2), 8);
        var cache = new KeyValueCache(Geometry, 2);
        var (first, second, again) = (new float[8], new float[8], new float[8]);
        layer.Step(x, cache, first);
        layer.Step(Values.Uniform(new Random(3), 8), cache, second);

        cache.Reset();
        layer.Step(x, cache, again);

        Assert.Equal(first, again);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_kept()
    {
        var layer = AttentionLayers.Make(Geometry, new Random(1));
        var cache = new KeyValueCache(Geometry, 4);
        Assert.Throws<LayerShapeException>(() => layer.Step(new float[7], cache, new float[7]));
        Assert.Throws<LayerShapeException>(() => layer.Step(new float[9], cache, new float[9]));
        Assert.Throws<LayerShapeException>(() => layer.Step(new float[8], cache, new float[16]));
        Assert.Throws<LayerShapeException>(() => layer.Step([], cache, []));
        Assert.Throws<LayerShapeException>(() => layer.Step(new float[8], new KeyValueCache(Geometry with { Heads = 4, KvHeads = 4 }, 4), new float[8]));
        var free = AttentionLayers.Make(Geometry with { Causal = false }, new Random(1));
        Assert.Throws<LayerShapeException>(() => free.Step(new float[8], new KeyValueCache(free.Geometry, 4), new float[8]));
        Assert.Throws<LayerShapeException>(() => new KeyValueCache(Geometry, 0));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_residual_and_an_activation_are_applied_to_a_step()
    {
        var layer = AttentionLayers.Make(Geometry, new Random(1));
        var x = Values.Uniform(new Random(2), 8);
        var (plain, y) = (new float[8], new float[8]);
        layer.Step(x, new KeyValueCache(Geometry, 1), plain);

        layer.Step(x, new KeyValueCache(Geometry, 1), y, new Epilogue(EpilogueActivation.Relu, x));

        for (var k = 0; k < y.Length; k++)
        {
            Assert.Equal(Math.Max(plain[k] + x[k], 0), y[k]);
        }
    }

    [Fact]
    public void Passes_and_steps_allocate_nothing_once_their_buffers_are_pooled()
    {
        var layer = AttentionLayers.Make(Geometry, new Random(1));
        var cache = new KeyValueCache(Geometry, 1);
        var (x, y) = (new float[8 * 8], new float[8 * 8]);
        Allocations.AreNone(() => layer.Forward(x, y, 2, 4));
        Allocations.AreNone(() =>
        {
            cache.Reset();
            layer.Step(x.AsSpan(0, 8), cache, y.AsSpan(0, 8));
        });
    }
}
