namespace LayerDsl;

/// <summary>A layer that stores queries and keys was given their product, which does not tell one from the other; nothing was changed.</summary>
public sealed class MergedWeightException : LayerDslException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="layer">The layer.</param>
    public MergedWeightException(string layer)
        : base(
            $"Layer '{layer}': QKReparam stores the weights of queries and keys, and W_qk alone does not say which they were. "
            + "Load both with LoadWeight of the attention layer in training form, as the first rows of its stacked weight.")
    {
        Layer = layer;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }
}
