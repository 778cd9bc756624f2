using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>
/// Self-attention ready for inference: <c>softmax(q kᵀ / √d) v</c> in each head, between projections that are folded linear layers of any format.
/// Immutable, and safe to use from many threads at once.
/// </summary>
public sealed class FoldedAttention : FoldedLayer
{
    private readonly float scale;

    /// <summary>Checks and joins projections.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="geometry">Sizes.</param>
    /// <param name="query">dim → dim; null with merged queries and keys, where the input itself is the query.</param>
    /// <param name="key">dim → <see cref="AttentionGeometry.KeySize"/>.</param>
    /// <param name="value">dim → <see cref="AttentionGeometry.ValueSize"/>.</param>
    /// <param name="output">dim → dim.</param>
    /// <exception cref="LayerShapeException">A size or format is not that of the geometry.</exception>
    public FoldedAttention(string name, AttentionGeometry geometry, FoldedLinear? query, FoldedLinear key, FoldedLinear value, FoldedLinear output)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(output);
        geometry.Check(name);
        Require.Equal(name, "number of projections to queries", geometry.MergedQueryKey ? 0 : 1, query is null ? 0 : 1);
        if (query is not null)
        {
            Check(name, "query", query, geometry.Dim, geometry.Dim, geometry.Query);
        }

        Check(name, geometry.MergedQueryKey ? "queryKey" : "key", key, geometry.Dim, geometry.KeySize, geometry.Key);
        Check(name, "value", value, geometry.Dim, geometry.ValueSize, geometry.Value);
        Check(name, "output", output, geometry.Dim, geometry.Dim, geometry.Output);
        Require.Equal(name, "biases of merged queries and keys", 0, geometry.MergedQueryKey && key.HasBias ? 1 : 0);
        Geometry = geometry;
        Query = query;
        Key = key;
        Value = value;
        Output = output;
        scale = 1 / MathF.Sqrt(geometry.HeadSize);
    }

    /// <summary>Sizes, and the formats of the projections.</summary>
    public AttentionGeometry Geometry { get; }

    /// <summary>The projection to queries; null with merged queries and keys.</summary>
    public FoldedLinear? Query { get; }

    /// <summary>The projection to keys; with merged queries and keys x W_qkᵀ, <see cref="AttentionGeometry.KeyLength"/> values for each head.</summary>
    public FoldedLinear Key { get; }

    /// <summary>The projection to values.</summary>
    public FoldedLinear Value { get; }

    /// <summary>The projection of the joined heads.</summary>
    public FoldedLinear Output { get; }

    /// <summary>Whether the projections add biases.</summary>
    public bool HasBias => Output.HasBias;

    /// <summary>The projections there are.</summary>
    internal IEnumerable<FoldedLinear> Projections => Query is null ? [Key, Value, Output] : [Query, Key, Value, Output];

    /// <inheritdoc/>
    public override long ParameterCount => Projections.Sum(projection => projection.ParameterCount);

    /// <inheritdoc/>
    public override long ByteCount => Projections.Sum(projection => projection.ByteCount);

    /// <inheritdoc/>
    internal override IEnumerable<SafetensorsEntry> Tensors => Projections.SelectMany(projection => projection.AllTensors);

    /// <summary>Attends within each sample.</summary>
    /// <param name="x">The input, shape (batch, tokens, dim), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <param name="tokens">Tokens of a sample; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int tokens)
    {
        Require.Positive(Name, "samples of the batch", batch);
        Require.Positive(Name, "tokens", tokens);
        var rows = checked(batch * tokens);
        Require.Rows(Name, "length of the input", rows, Geometry.Dim, x.Length);
        Require.Rows(Name, "length of the output", rows, Geometry.Dim, y.Length);
        Require.Separate(Name, x, y);
        using var queries = new PooledBuffer(Query is null ? 0 : x.Length);
        using var keys = new PooledBuffer(checked(tokens * Geometry.KeySize));
        using var values = new PooledBuffer(tokens * Geometry.ValueSize);
        using var joined = new PooledBuffer(tokens * Geometry.Dim);
        using var scores = new PooledBuffer(tokens);
        var size = tokens * Geometry.Dim;
        for (var sample = 0; sample < batch; sample++)
        {
            var input = x.Slice(sample * size, size);
            Query?.Forward(input, queries.Span[..size], tokens);
            Key.Forward(input, keys.Span, tokens);
            Value.Forward(input, values.Span, tokens);
            Attend(Query is null ? input : queries.Span[..size], keys.Span, values.Span, scores.Span, joined.Span, tokens);
            Output.Forward(joined.Span, y.Slice(sample * size, size), tokens);
        }
    }

    private void Attend(ReadOnlySpan<float> queries, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> scores, Span<float> joined, int tokens)
    {
        var (dim, size) = (Geometry.Dim, Geometry.HeadSize);
        var group = Geometry.Heads / Geometry.KvHeads;
        for (var token = 0; token < tokens; token++)
        {
            var seen = scores[..(Geometry.Causal ? token + 1 : tokens)];
            for (var head = 0; head < Geometry.Heads; head++)
            {
                var query = Geometry.MergedQueryKey ? queries.Slice(token * dim, dim) : queries.Slice((token * dim) + (head * size), size);
                Weigh(query, keys, head / group, seen);
                Mix(seen, values, head / group, joined.Slice((token * dim) + (head * size), size));
            }
        }
    }

    /// <summary>The softmax of the scores of one query.</summary>
    private void Weigh(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int head, Span<float> weights)
    {
        for (var other = 0; other < weights.Length; other++)
        {
            var key = keys.Slice((other * Geometry.KeySize) + (head * Geometry.KeyLength), Geometry.KeyLength);
            var product = TensorPrimitives.Dot(query, key[..query.Length]);
            weights[other] = scale * (Geometry.QueryBias ? product + key[^1] : product);
        }

        Activations.Softmax(weights, weights, rows: 1, columns: weights.Length);
    }

    /// <summary>The mean of the values under the weights.</summary>
    private void Mix(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, int head, Span<float> mean)
    {
        mean.Clear();
        for (var other = 0; other < weights.Length; other++)
        {
            var value = values.Slice((other * Geometry.ValueSize) + (head * mean.Length), mean.Length);
            TensorPrimitives.MultiplyAdd(value, weights[other], mean, mean);
        }
    }

    private static void Check(string name, string part, FoldedLinear projection, int inFeatures, int outFeatures, ProjectionFormat format)
    {
        if ((projection.Name, projection.InFeatures, projection.OutFeatures) != (PartName(name, part), inFeatures, outFeatures))
        {
            throw new LayerShapeException(
                name, part, $"{PartName(name, part)} ({inFeatures} → {outFeatures})", $"{projection.Name} ({projection.InFeatures} → {projection.OutFeatures})");
        }

        if (projection.Quantized?.Format != format.Weight || projection.Activation?.Format != format.Input)
        {
            throw new LayerShapeException(name, "format of " + part, $"{format}", $"{new ProjectionFormat(projection.Quantized?.Format, projection.Activation?.Format)}");
        }
    }

    /// <summary>The name of a projection, in messages and files.</summary>
    internal static string PartName(string layer, string part) => layer + "." + part;
}
