namespace LayerDsl.Tests.Core.Folded;

/// <summary>Folded attention layers with random weights, and what they compute, by loops in double precision.</summary>
internal static class AttentionLayers
{
    public static FoldedAttention Make(AttentionGeometry geometry, Random random)
    {
        var scale = 1 / MathF.Sqrt(geometry.Dim);
        FoldedLinear Part(string name, int outputs, bool bias = true) =>
            new("A." + name, geometry.Dim, outputs, Values.Uniform(random, outputs * geometry.Dim, scale), bias ? Values.Uniform(random, outputs) : []);
        var query = geometry.MergedQueryKey ? null : Part("query", geometry.Dim);
        var key = geometry.MergedQueryKey ? Part("queryKey", geometry.KeySize, bias: false) : Part("key", geometry.KeySize);
        return new FoldedAttention("A", geometry, query, key, Part("value", geometry.ValueSize), Part("output", geometry.Dim));
    }

    public static double[] Plain(FoldedAttention layer, float[] x, int tokens)
    {
        var g = layer.Geometry;
        var (size, width) = (g.HeadSize, g.MergedQueryKey ? g.Dim : g.HeadSize);
        double[] input = Array.ConvertAll(x, value => (double)value);
        var queries = layer.Query is null ? input : Project(layer.Query, input, tokens);
        var (keys, values) = (Project(layer.Key, input, tokens), Project(layer.Value, input, tokens));
        var joined = new double[tokens * g.Dim];
        for (var head = 0; head < g.Heads; head++)
        {
            var (query, kv) = (g.MergedQueryKey ? 0 : head * size, head / (g.Heads / g.KvHeads));
            double Score(int t, int s)
            {
                var key = (s * g.KeySize) + (kv * g.KeyLength);
                return Enumerable.Range(0, width).Sum(e => queries[(t * g.Dim) + query + e] * keys[key + e]) + (g.QueryBias ? keys[key + width] : 0);
            }

            for (var t = 0; t < tokens; t++)
            {
                var weights = Enumerable.Range(0, g.Causal ? t + 1 : tokens)
                    .Select(s => Math.Exp(Score(t, s) / Math.Sqrt(size)))
                    .ToArray();
                for (var e = 0; e < size; e++)
                {
                    joined[(t * g.Dim) + (head * size) + e] = weights.Select((weight, s) => weight * values[(s * g.ValueSize) + (kv * size) + e]).Sum() / weights.Sum();
                }
            }
        }

        return Project(layer.Output, joined, tokens);
    }

    private static double[] Project(FoldedLinear layer, double[] x, int rows)
    {
        var (weight, y) = (layer.Weight.ToArray(), new double[rows * layer.OutFeatures]);
        for (var k = 0; k < y.Length; k++)
        {
            var (row, o) = Math.DivRem(k, layer.OutFeatures);
            y[k] = layer.HasBias ? layer.Bias[o] : 0;
            for (var i = 0; i < layer.InFeatures; i++)
            {
                y[k] += x[(row * layer.InFeatures) + i] * weight[(o * layer.InFeatures) + i];
            }
        }

        return y;
    }
}
