namespace LayerDsl;

/// <summary>A layer with quantized activations has no grid for its input yet.</summary>
public sealed class NotCalibratedException : LayerDslException
{
    /// <summary>States which layer, and how to calibrate it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="scheme">Its activation scheme.</param>
    public NotCalibratedException(string layer, string scheme)
        : base($"'{layer}': the {scheme} grid of its input has no scale yet, so there are no codes to fold to. "
            + "Call model.Calibrate(batches) with some batches of typical inputs first"
            + (scheme == "Lsq" ? ", or train at least one batch in train mode." : "."))
    {
        Layer = layer;
        Scheme = scheme;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>Its activation scheme.</summary>
    public string Scheme { get; }
}
