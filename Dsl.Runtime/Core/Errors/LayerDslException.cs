namespace LayerDsl;

/// <summary>The base of everything LayerDsl throws at run time about layers, weights and files.</summary>
public class LayerDslException : Exception
{
    /// <summary>States what went wrong.</summary>
    /// <param name="message">What, where, the values, what to do.</param>
    /// <param name="inner">What caused it, if anything else did.</param>
    public LayerDslException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
