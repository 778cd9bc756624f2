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
        var layer = Make(geometry, random);
        var x = Numbers(random, 2 * tokens * dim);
        var y = new float[x.Length];

        layer.Forward(x, y, 2, tokens);

        for (var sample = 0; sample < 2; sample++)
        {
            var part = x.AsSpan(sample * tokens * dim, tokens * dim).ToArray();
            var expected = Plain(layer, part, tokens);
            Assert.All(Enumerable.Range(0, part.Length), k => Assert.Equal(expected[k], y[(sample * part.Length) + k], 1e-5));
        }
    }

    [Fact]
    public void Projections_that_do_not_fit_are_refused()
    {
        var random = new Random(3);
        var geometry = new AttentionGeometry(6, 3);
        var layer = Make(geometry, random);
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry, null, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("B", geometry, layer.Query, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry with { KvHeads = 1 }, layer.Query, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => new FoldedAttention("A", geometry with { Heads = 4 }, layer.Query, layer.Key, layer.Value, layer.Output));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[12], new float[12], 1, 3));
        Assert.Throws<LayerShapeException>(() => layer.Forward(new float[12], new float[12], 0, 2));
    }

    private static FoldedAttention Make(AttentionGeometry geometry, Random random)
    {
        FoldedLinear Part(string name, int outputs) => new("A." + name, geometry.Dim, outputs, Numbers(random, outputs * geometry.Dim), Numbers(random, outputs));
        return new FoldedAttention("A", geometry, Part("query", geometry.Dim), Part("key", geometry.KeySize), Part("value", geometry.ValueSize), Part("output", geometry.Dim));
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    private static double[] Plain(FoldedAttention layer, float[] x, int tokens)
    {
        var (g, size) = (layer.Geometry, layer.Geometry.HeadSize);
        var (q, k, v) = (Project(layer.Query!, x, tokens), Project(layer.Key, x, tokens), Project(layer.Value, x, tokens));
        var joined = new float[tokens * g.Dim];
        for (var head = 0; head < g.Heads; head++)
        {
            var kv = head / (g.Heads / g.KvHeads) * size;
            for (var t = 0; t < tokens; t++)
            {
                var seen = g.Causal ? t + 1 : tokens;
                var weights = Enumerable.Range(0, seen)
                    .Select(s => Math.Exp(Enumerable.Range(0, size).Sum(e => q[(t * g.Dim) + (head * size) + e] * k[(s * g.KeySize) + kv + e]) / Math.Sqrt(size))).ToArray();
                for (var e = 0; e < size; e++)
                {
                    joined[(t * g.Dim) + (head * size) + e] = (float)(Enumerable.Range(0, seen).Sum(s => weights[s] * v[(s * g.ValueSize) + kv + e]) / weights.Sum());
                }
            }
        }

        return Project(layer.Output, joined, tokens);
    }

    private static double[] Project(FoldedLinear layer, float[] x, int rows) =>
    [
        .. from row in Enumerable.Range(0, rows)
           from o in Enumerable.Range(0, layer.OutFeatures)
           select layer.Bias[o] + Enumerable.Range(0, layer.InFeatures).Sum(i => (double)x[(row * layer.InFeatures) + i] * layer.Weight[(o * layer.InFeatures) + i]),
    ];
}
