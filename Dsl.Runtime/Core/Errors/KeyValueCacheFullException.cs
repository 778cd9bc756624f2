using System.Globalization;

namespace LayerDsl;

/// <summary>More tokens came to an attention layer than its <see cref="KeyValueCache"/> has room for. The cache is as it was, and nothing has been written.</summary>
public sealed class KeyValueCacheFullException : LayerDslException
{
    /// <summary>States how many tokens there were.</summary>
    /// <param name="layer">The layer that was called.</param>
    /// <param name="capacity">Tokens that the cache holds at most.</param>
    /// <param name="count">Tokens that it holds.</param>
    /// <param name="tokens">Tokens that came.</param>
    public KeyValueCacheFullException(string layer, int capacity, int count, int tokens)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"'{layer}': {tokens} more tokens do not fit a cache for {capacity} that holds {count}. Make one with a greater capacity, or Reset it to start a new sequence."))
    {
        Layer = layer;
        Capacity = capacity;
        Count = count;
        Tokens = tokens;
    }

    /// <summary>The layer that was called.</summary>
    public string Layer { get; }

    /// <summary>Tokens that the cache holds at most.</summary>
    public int Capacity { get; }

    /// <summary>Tokens that it holds.</summary>
    public int Count { get; }

    /// <summary>Tokens that came.</summary>
    public int Tokens { get; }
}
