namespace LayerDsl;

/// <summary>How a projection of a folded attention layer is stored, and how its input is rounded.</summary>
/// <param name="Weight">How codes stand for weights; null for 32-bit floats.</param>
/// <param name="Input">How codes stand for inputs; null where these are taken as they are.</param>
public sealed record ProjectionFormat(QuantizedFormat? Weight = null, ActivationFormat? Input = null);

/// <summary>The sizes of an attention layer, and the formats of its projections.</summary>
/// <param name="Dim">Values per token.</param>
/// <param name="Heads">Heads of queries; a divisor of <paramref name="Dim"/>.</param>
/// <param name="KvHeads">Heads of keys and values, a divisor of <paramref name="Heads"/>; 0 for as many.</param>
/// <param name="Causal">Whether a token attends only to itself and the tokens before it.</param>
/// <param name="MergedQueryKey">Whether one weight, W_qk, stands for those of queries and keys.</param>
/// <param name="QueryBias">Whether W_qk has a row more in each head: W_kᵀ b_q, all that softmax sees of the biases of queries and keys.</param>
public sealed record AttentionGeometry(int Dim, int Heads, int KvHeads = 0, bool Causal = false, bool MergedQueryKey = false, bool QueryBias = false)
{
    /// <summary>Heads of keys and values.</summary>
    public int KvHeads { get; init; } = KvHeads == 0 ? Heads : KvHeads;

    /// <summary>The projection to queries.</summary>
    public ProjectionFormat Query { get; init; } = new();

    /// <summary>The projection to keys; with merged queries and keys, W_qk.</summary>
    public ProjectionFormat Key { get; init; } = new();

    /// <summary>The projection to values.</summary>
    public ProjectionFormat Value { get; init; } = new();

    /// <summary>The projection of the joined heads.</summary>
    public ProjectionFormat Output { get; init; } = new();

    /// <summary>Values per head.</summary>
    public int HeadSize => Dim / Heads;

    /// <summary>Values of a key in each head: of merged queries and keys dim, and one more with a bias.</summary>
    public int KeyLength => !MergedQueryKey ? HeadSize : QueryBias ? Dim + 1 : Dim;

    /// <summary>Values of all keys of a token.</summary>
    public int KeySize => checked(KvHeads * KeyLength);

    /// <summary>Values of all values of a token.</summary>
    public int ValueSize => KvHeads * HeadSize;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Dim}, {Heads} heads, {KvHeads} of keys{(Causal ? ", causal" : string.Empty)}{(MergedQueryKey ? ", merged queries and keys" : string.Empty)}{(QueryBias ? " with a bias" : string.Empty)}";

    /// <summary>Refuses sizes that no attention layer has.</summary>
    internal void Check(string layer)
    {
        Require.Positive(layer, "values per token", Dim);
        Require.Positive(layer, "heads", Heads);
        Require.Positive(layer, "heads of keys", KvHeads);
        if (Dim % Heads != 0)
        {
            throw new LayerShapeException(layer, "heads", $"a divisor of {Dim}", $"{Heads}");
        }

        if (QueryBias && !MergedQueryKey)
        {
            throw new LayerShapeException(layer, "bias of merged queries", "none where queries and keys are apart", "one");
        }

        if (Heads % KvHeads != 0 || (MergedQueryKey && KvHeads != Heads))
        {
            throw new LayerShapeException(layer, "heads of keys", MergedQueryKey ? $"{Heads} with merged queries and keys" : $"a divisor of {Heads}", $"{KvHeads}");
        }
    }
}
