namespace LayerDsl;

/// <summary>A layer was given values of another element type than its weights have.</summary>
public sealed class LayerTypeException : LayerDslException
{
    /// <summary>States which types met.</summary>
    /// <param name="layer">The layer that was called.</param>
    /// <param name="expected">The element type of its weights.</param>
    /// <param name="actual">The element type it was given.</param>
    public LayerTypeException(string layer, string expected, string actual)
        : base($"'{layer}': the element type is {actual}, but must be {expected}. Convert the input, or the layer, so that both have the same type.")
    {
        Layer = layer;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The layer that was called.</summary>
    public string Layer { get; }

    /// <summary>The element type of its weights.</summary>
    public string Expected { get; }

    /// <summary>The element type it was given.</summary>
    public string Actual { get; }
}
