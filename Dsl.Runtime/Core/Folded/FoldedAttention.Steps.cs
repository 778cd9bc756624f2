namespace LayerDsl;

/// <content>Passes: whole samples, and the next tokens of a sequence.</content>
public sealed partial class FoldedAttention
{
    /// <summary>Tokens that go through the projections at once, so that what lies between stays small.</summary>
    private const int TokensAtOnce = 1024;

    /// <summary>Attends within each sample.</summary>
    /// <param name="x">The input, shape (batch, tokens, dim), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <param name="tokens">Tokens of a sample; at least 1.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int tokens) => Forward(x, y, batch, tokens, default);

    /// <summary>Attends within each sample: y = activation(attention(x) + residual).</summary>
    /// <param name="x">The input, shape (batch, tokens, dim), row major.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="batch">How many samples; at least 1.</param>
    /// <param name="tokens">Tokens of a sample; at least 1.</param>
    /// <param name="epilogue">What is added to the output, and the function of the sum.</param>
    /// <exception cref="LayerShapeException">A length does not match, or the spans share memory. Nothing has been written.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int batch, int tokens, in Epilogue epilogue)
    {
        Require.Positive(Name, "samples of the batch", batch);
        Require.Positive(Name, "tokens", tokens);
        Check(x, y, checked(batch * tokens), epilogue);
        var (size, most) = (tokens * Geometry.Dim, Math.Max(1, TokensAtOnce / tokens));
        for (var first = 0; first < batch; first += most)
        {
            var samples = Math.Min(most, batch - first);
            var (start, length) = (first * size, samples * size);
            Attend(x.Slice(start, length), y.Slice(start, length), samples, tokens, epilogue.Slice(start, length), KernelWidths.Best);
        }
    }

    /// <summary>
    /// Attends with the next tokens of a sequence to themselves and all tokens before, and keeps their keys and values: together, such steps give what
    /// <c>Forward</c> gives for the whole sequence.
    /// </summary>
    /// <param name="x">The next tokens, shape (tokens, dim), row major: one while a text is being generated, or many of its beginning.</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <exception cref="KeyValueCacheFullException">The cache has no room for so many. Nothing has been written.</exception>
    /// <exception cref="LayerShapeException">A length does not match, the spans share memory, the cache is that of another geometry, or the layer is not causal. Nothing has been written.</exception>
    public void Step(ReadOnlySpan<float> x, KeyValueCache cache, Span<float> y) => Step(x, cache, y, default);

    /// <inheritdoc cref="Step(ReadOnlySpan{float}, KeyValueCache, Span{float})"/>
    /// <param name="x">The next tokens, shape (tokens, dim), row major.</param>
    /// <param name="cache">The tokens before.</param>
    /// <param name="y">The output, of the same shape; shares no memory with <paramref name="x"/>.</param>
    /// <param name="epilogue">What is added to the output, and the function of the sum.</param>
    public void Step(ReadOnlySpan<float> x, KeyValueCache cache, Span<float> y, in Epilogue epilogue)
    {
        ArgumentNullException.ThrowIfNull(cache);
        if (!Geometry.Causal)
        {
            throw new LayerShapeException(Name, "attention", "causal, so that tokens do not change what came before them", "to all tokens");
        }

        if (cache.Geometry != Geometry)
        {
            throw new LayerShapeException(Name, "geometry of the cache", $"{Geometry}", $"{cache.Geometry}");
        }

        var tokens = x.Length / Geometry.Dim;
        Require.Positive(Name, "tokens", tokens);
        Check(x, y, tokens, epilogue);
        if (tokens > cache.Capacity - cache.Count)
        {
            throw new KeyValueCacheFullException(Name, cache.Capacity, cache.Count, tokens);
        }

        using var queries = new PooledBuffer(Query is null ? 0 : x.Length);
        using var keys = new PooledBuffer(checked(tokens * Geometry.KeySize));
        using var values = new PooledBuffer(tokens * Geometry.ValueSize);
        Query?.Forward(x, queries.Span, tokens);
        Key.Forward(x, keys.Span, tokens);
        Value.Forward(x, values.Span, tokens);
        cache.Append(keys.Span, values.Span);
        using var joined = new PooledBuffer(x.Length);
        var work = new AttentionWork(Geometry, 1, tokens, cache.Count - tokens, cache.KeyCapacity)
        {
            Queries = Query is null ? x : queries.Span,
            Keys = cache.Keys,
            Values = cache.Values,
            Joined = joined.Span,
        };
        PackedAttention.Run(work, cache.Kernels);
        Output.Forward(joined.Span, y, tokens, epilogue);
    }

    /// <summary>Whole samples, on vectors of one width.</summary>
    internal void Attend(ReadOnlySpan<float> x, Span<float> y, int samples, int tokens, in Epilogue epilogue, KernelWidth kernels)
    {
        var (rows, width) = (samples * tokens, PanelWidths.Of(kernels));
        var capacity = AttentionWork.InPanels(tokens, width);
        using var queries = new PooledBuffer(Query is null ? 0 : x.Length);
        using var keys = new PooledBuffer(checked(rows * Geometry.KeySize));
        using var panels = new PooledBuffer(checked(samples * capacity * Geometry.KeySize));
        using var values = new PooledBuffer((rows * Geometry.ValueSize) + width);
        using var joined = new PooledBuffer(x.Length);
        Query?.Forward(x, queries.Span, rows);
        Key.Forward(x, keys.Span, rows);
        Value.Forward(x, values.Span[..(rows * Geometry.ValueSize)], rows);
        var (from, to) = (tokens * Geometry.KeySize, capacity * Geometry.KeySize);
        for (var sample = 0; sample < samples; sample++)
        {
            AttentionWork.Pack(Geometry, keys.Span.Slice(sample * from, from), 0, panels.Span.Slice(sample * to, to), capacity, width);
        }

        var work = new AttentionWork(Geometry, samples, tokens, 0, capacity)
        {
            Queries = Query is null ? x : queries.Span,
            Keys = panels.Span,
            Values = values.Span,
            Joined = joined.Span,
        };
        PackedAttention.Run(work, kernels);
        Output.Forward(joined.Span, y, rows, epilogue);
    }

    private void Check(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int rows, in Epilogue epilogue)
    {
        Require.Rows(Name, "length of the input", rows, Geometry.Dim, x.Length);
        Require.Rows(Name, "length of the output", rows, Geometry.Dim, y.Length);
        Require.Separate(Name, x, y);
        epilogue.Check(Name, y);
    }
}
