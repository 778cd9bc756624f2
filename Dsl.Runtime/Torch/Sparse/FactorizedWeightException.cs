namespace LayerDsl;

/// <summary>A layer of masked factors was given a weight, which no such product equals; nothing was changed.</summary>
public sealed class FactorizedWeightException : LayerDslException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="layer">The layer.</param>
    public FactorizedWeightException(string layer)
        : base(
            $"Layer '{layer}': SparseIso(Kind = Factorized) stores two masked factors, whose product cannot take the values of a given weight. "
            + "Load the state of a layer of the same kind, or declare Kind = Doped, which takes the weight where its mask lets it through.")
    {
        Layer = layer;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }
}
