namespace LayerDsl;

/// <summary>
/// The keys and values of the tokens that a causal <see cref="FoldedAttention"/> has seen of one sequence, so that the next token costs one row instead of all
/// of them. One for each sequence and layer; not to be used by two calls at once.
/// </summary>
public sealed class KeyValueCache
{
    private readonly AlignedFloats keys;
    private readonly AlignedFloats values;

    /// <summary>Makes room.</summary>
    /// <param name="geometry">The layer's sizes.</param>
    /// <param name="capacity">Tokens at most; at least 1.</param>
    /// <exception cref="LayerShapeException">The capacity is not positive, or no layer has the sizes.</exception>
    public KeyValueCache(AttentionGeometry geometry, int capacity)
        : this(geometry, capacity, KernelWidths.Best)
    {
    }

    /// <summary>For vectors of one width.</summary>
    internal KeyValueCache(AttentionGeometry geometry, int capacity, KernelWidth kernels)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        geometry.Check(nameof(KeyValueCache));
        Require.Positive(nameof(KeyValueCache), "capacity", capacity);
        Geometry = geometry;
        Capacity = capacity;
        Kernels = kernels;
        var width = PanelWidths.Of(kernels);
        KeyCapacity = AttentionWork.InPanels(capacity, width);
        keys = new AlignedFloats(checked(KeyCapacity * geometry.KeySize));
        values = new AlignedFloats(checked((capacity * geometry.ValueSize) + width));
    }

    /// <summary>The sizes of the layer that it belongs to.</summary>
    public AttentionGeometry Geometry { get; }

    /// <summary>Tokens at most.</summary>
    public int Capacity { get; }

    /// <summary>Tokens that it holds.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes it takes.</summary>
    public long ByteCount => sizeof(float) * ((long)keys.Length + values.Length);

    /// <summary>The vectors that keys are packed for.</summary>
    internal KernelWidth Kernels { get; }

    /// <summary>Room for keys: whole panels.</summary>
    internal int KeyCapacity { get; }

    internal ReadOnlySpan<float> Keys => keys.Span;

    internal ReadOnlySpan<float> Values => values.Span;

    /// <summary>Forgets all tokens: the next one is the first of a new sequence.</summary>
    public void Reset() => Count = 0;

    /// <summary>Takes the keys and values of the next tokens, for which there is room.</summary>
    internal void Append(ReadOnlySpan<float> nextKeys, ReadOnlySpan<float> nextValues)
    {
        AttentionWork.Pack(Geometry, nextKeys, Count, keys.Span, KeyCapacity, PanelWidths.Of(Kernels));
        nextValues.CopyTo(values.Span[(Count * Geometry.ValueSize)..]);
        Count += nextValues.Length / Geometry.ValueSize;
    }
}
