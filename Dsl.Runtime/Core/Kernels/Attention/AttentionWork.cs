namespace LayerDsl;

/// <summary>
/// What the kernels of attention read and write. Keys lie packed for each head of keys, panel after panel of as many tokens as two vectors hold, in each
/// panel value after value, so that a vector of scores is a sum of a query's values times vectors of keys; values lie token after token.
/// </summary>
internal readonly ref struct AttentionWork
{
    public AttentionWork(AttentionGeometry geometry, int samples, int tokens, int first, int capacity)
    {
        Geometry = geometry;
        Samples = samples;
        Tokens = tokens;
        First = first;
        Capacity = capacity;
    }

    public AttentionGeometry Geometry { get; }

    public int Samples { get; }

    /// <summary>Queries of a sample.</summary>
    public int Tokens { get; }

    /// <summary>How many tokens come before the first query.</summary>
    public int First { get; }

    /// <summary>For how many tokens of a sample there is room among the keys: whole panels.</summary>
    public int Capacity { get; }

    /// <summary>(samples · tokens, dim).</summary>
    public ReadOnlySpan<float> Queries { get; init; }

    /// <summary>(samples, heads of keys, panels, key width, panel width).</summary>
    public ReadOnlySpan<float> Keys { get; init; }

    /// <summary>(samples · all tokens, value size), and room to read a tile past the end.</summary>
    public ReadOnlySpan<float> Values { get; init; }

    /// <summary>(samples · tokens, dim).</summary>
    public Span<float> Joined { get; init; }

    /// <summary>Tokens of a sample in all.</summary>
    public int Total => First + Tokens;

    /// <summary>Values of a query of one head.</summary>
    public int QueryWidth => Geometry.MergedQueryKey ? Geometry.Dim : Geometry.HeadSize;

    /// <summary>Values of a key of one head: those of a query, and what is added to each of its scores where there is a bias.</summary>
    public int KeyWidth => Geometry.KeyLength;

    /// <summary>Heads that have keys of their own.</summary>
    public int KeyHeads => KeyHeadsOf(Geometry);

    public static int KeyHeadsOf(AttentionGeometry geometry) => geometry.MergedQueryKey ? geometry.Heads : geometry.KvHeads;

    /// <summary>Tokens in whole panels.</summary>
    public static int InPanels(int tokens, int panelWidth) => checked((tokens + panelWidth - 1) / panelWidth * panelWidth);

    /// <summary>Puts the keys of some tokens of one sample into their panels.</summary>
    /// <param name="geometry">The layer's sizes.</param>
    /// <param name="keys">(tokens, key size).</param>
    /// <param name="first">The place of the first one.</param>
    /// <param name="panels">The sample's panels.</param>
    /// <param name="capacity">Room for tokens in them.</param>
    /// <param name="panelWidth">Tokens of a panel.</param>
    public static void Pack(AttentionGeometry geometry, ReadOnlySpan<float> keys, int first, Span<float> panels, int capacity, int panelWidth)
    {
        var (width, heads) = (geometry.KeyLength, KeyHeadsOf(geometry));
        for (var head = 0; head < heads; head++)
        {
            var target = panels.Slice(head * capacity * width, capacity * width);
            for (var (token, start) = (first, head * width); start < keys.Length; token++, start += geometry.KeySize)
            {
                var (panel, lane) = Math.DivRem(token, panelWidth);
                TileRows.Spread(keys.Slice(start, width), target[((panel * panelWidth * width) + lane)..], panelWidth);
            }
        }
    }
}
