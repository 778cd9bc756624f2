namespace LayerDsl;

/// <summary>
/// Multi-head self-attention (Vaswani et al. 2017, arXiv 1706.03762) over samples (tokens, dim):
/// <c>y = softmax(q kᵀ / √d + mask) v</c> in each head, with q, k, v and the joined heads projected linearly. With fewer heads of
/// keys and values than of queries it is grouped-query attention (Ainslie et al. 2023, arXiv 2305.13245). Methods that stand after
/// it reparameterize the projections that their <c>On</c> names, all four unless they say otherwise.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class AttentionAttribute : Attribute
{
    /// <summary>Declares an attention layer.</summary>
    /// <param name="dim">Values per token; a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads of queries; at least 1.</param>
    public AttentionAttribute(int dim, int heads)
    {
        Dim = dim;
        Heads = heads;
    }

    /// <summary>Declares an attention layer whose sizes are named: <c>[Attention(nameof(width), nameof(heads))]</c>.</summary>
    /// <param name="dim">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="heads">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    public AttentionAttribute(string dim, string heads)
    {
        DimName = dim;
        HeadsName = heads;
    }

    /// <inheritdoc cref="AttentionAttribute(string, string)"/>
    public AttentionAttribute(string dim, int heads)
    {
        DimName = dim;
        Heads = heads;
    }

    /// <inheritdoc cref="AttentionAttribute(string, string)"/>
    public AttentionAttribute(int dim, string heads)
    {
        Dim = dim;
        HeadsName = heads;
    }

    /// <summary>Declares an attention layer whose heads of keys and values are named too: <c>[Attention(nameof(width), nameof(heads), nameof(kvHeads))]</c>.</summary>
    /// <param name="dim">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="heads">A number, or the name of an integer constant of the class or of a parameter of its partial constructor.</param>
    /// <param name="kvHeads">The name of an integer constant of the class or of a parameter of its partial constructor; for a number, write <see cref="KvHeads"/>.</param>
    public AttentionAttribute(string dim, string heads, string kvHeads)
        : this(dim, heads) => KvHeadsName = kvHeads;

    /// <inheritdoc cref="AttentionAttribute(string, string, string)"/>
    public AttentionAttribute(string dim, int heads, string kvHeads)
        : this(dim, heads) => KvHeadsName = kvHeads;

    /// <inheritdoc cref="AttentionAttribute(string, string, string)"/>
    public AttentionAttribute(int dim, string heads, string kvHeads)
        : this(dim, heads) => KvHeadsName = kvHeads;

    /// <inheritdoc cref="AttentionAttribute(string, string, string)"/>
    public AttentionAttribute(int dim, int heads, string kvHeads)
        : this(dim, heads) => KvHeadsName = kvHeads;

    /// <summary>Values per token, where it is a number.</summary>
    public int Dim { get; }

    /// <summary>Heads of queries, where it is a number.</summary>
    public int Heads { get; }

    /// <summary>The constant or parameter that gives the values per token, or null.</summary>
    public string? DimName { get; }

    /// <summary>The constant or parameter that gives the heads of queries, or null.</summary>
    public string? HeadsName { get; }

    /// <summary>The constant or parameter that gives the heads of keys and values, or null.</summary>
    public string? KvHeadsName { get; }

    /// <summary>Heads of keys and values, which divides the heads of queries; 0, the default, stands for as many as heads.</summary>
    public int KvHeads { get; set; }

    /// <summary>Whether a token attends only to itself and the tokens before it. Default false.</summary>
    public bool Causal { get; set; }

    /// <summary>Whether every projection has a learnable bias. Default true.</summary>
    public bool Bias { get; set; } = true;
}
