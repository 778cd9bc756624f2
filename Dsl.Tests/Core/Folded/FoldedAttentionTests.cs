namespace LayerDsl.Tests.Core.Folded;

/// <summary>Folded attention without libtorch: against loops in double precision, and what it refuses.</summary>
public sealed class FoldedAttentionTests
{
    [Theory]
    [InlineData(1, 6, 3, 3, false)]
    [InlineData(5, 6, 3, 3, true)]
    [InlineData(4, 8, 4, 2, true)]
    [InlineData(3, 8, 4, 1, false)]
    public void It_computes_what_plain_loops_do(int tokens, int dim, int heads, int kvHeads, bool causal)
    {
        var random = new Random(3);
        var geometry = new AttentionGeometry(dim, heads, kvHeads, causal);
        var layer = AttentionLayers.Make(geometry, random);
        var x = Values.Uniform(random, 2 * tokens * dim);
        var y = new float[x.Length];

        layer.Forward(x, y, 2, tokens);

        for (var sample = 0; sample < 2; sample++)
        {
            var part = x.AsSpan(sample * tokens * dim, tokens * dim).ToArray();
            var expected = AttentionLayers.Plain(layer, part, tokens);
            Assert.All(Enumerable.Range(0, part.Length), k => Assert.Equal(expected[k], y[(sample * part.Length) + k], 1e-5));
        }
    }

    [Fact]
    public void Projections_that_do_not_fit_are_refused()
    {
        var random = new Random(3);
        var geometry = new AttentionGeometry(6, 3);
        var layer = AttentionLayers.Make(geometry, random);
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry, null, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("B", geometry, layer.Query, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry with { KvHeads = 1 }, layer.Query, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry with { Heads = 4 }, layer.Query, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry with { QueryBias = true }, layer.Query, layer.Key, layer.Value, layer.Output));
        var merged = AttentionLayers.Make(geometry with { MergedQueryKey = true }, random);
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", merged.Geometry with { QueryBias = true }, null, merged.Key, merged.Value, merged.Output));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[12], new float[12], 1, 3));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[12], new float[12], 0, 2));
    }
}
