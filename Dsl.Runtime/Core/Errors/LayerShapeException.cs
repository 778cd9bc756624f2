namespace LayerDsl;

/// <summary>A layer or model was given a tensor or span of the wrong size. Thrown before anything is written.</summary>
public sealed class LayerShapeException : LayerDslException
{
    /// <summary>States which size is wrong.</summary>
    /// <param name="layer">The layer or model that was called.</param>
    /// <param name="what">The size in question, such as "values per sample" or "length of the output".</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="actual">What it was.</param>
    public LayerShapeException(string layer, string what, string expected, string actual)
        : base($"'{layer}': {what} is {actual}, but must be {expected}. Pass sizes that match the layer's declaration.")
    {
        Layer = layer;
        What = what;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The layer or model that was called.</summary>
    public string Layer { get; }

    /// <summary>The size in question.</summary>
    public string What { get; }

    /// <summary>What it should be.</summary>
    public string Expected { get; }

    /// <summary>What it was.</summary>
    public string Actual { get; }
}
