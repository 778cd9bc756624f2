namespace LayerDsl;

/// <summary>A layer was given a weight, but a reparameterization of its own has no <c>Inverse</c> that tells the parameters; nothing was changed.</summary>
public sealed class NoInverseException : LayerDslException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="method">The class without an inverse.</param>
    public NoInverseException(string layer, string method)
        : base(
            $"Layer '{layer}': {method} has no method Inverse, so that the parameters that give a weight are not known. "
            + "Write one, or load the state of a layer of the same kind.")
    {
        Layer = layer;
        Method = method;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>The class without an inverse.</summary>
    public string Method { get; }
}
