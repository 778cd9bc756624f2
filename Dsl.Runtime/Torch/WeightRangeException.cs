namespace LayerDsl;

/// <summary>A weight that the layer's reparameterization cannot reach, refused before anything was changed.</summary>
public sealed class WeightRangeException : LayerDslException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="largest">The largest magnitude in the weight.</param>
    /// <param name="limit">The limit that every magnitude must stay below.</param>
    /// <param name="meaning">What sets the limit.</param>
    public WeightRangeException(string layer, double largest, double limit, string meaning)
        : base(FormattableString.Invariant(
            $"Layer '{layer}': the weight has a magnitude of {largest:G6}, but {meaning} is {limit:G6}. Declare a larger A, or scale the weight down."))
    {
        Layer = layer;
        Largest = largest;
        Limit = limit;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>The largest magnitude in the weight.</summary>
    public double Largest { get; }

    /// <summary>The limit that every magnitude must stay below.</summary>
    public double Limit { get; }
}
