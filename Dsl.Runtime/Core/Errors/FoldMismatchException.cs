using System.Globalization;

namespace LayerDsl;

/// <summary>A layer's training form and folded form differ by more than rounding explains.</summary>
public sealed class FoldMismatchException : LayerDslException
{
    /// <summary>States by how much they differ.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="error">The largest absolute difference seen.</param>
    /// <param name="bound">The largest difference that rounding explains.</param>
    public FoldMismatchException(string layer, double error, double bound)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"'{layer}': training and folded output differ by {error:G6}, but rounding explains at most {bound:G6}. ")
            + "Do not use this fold; was a parameter changed after folding?")
    {
        Layer = layer;
        Error = error;
        Bound = bound;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>The largest absolute difference seen.</summary>
    public double Error { get; }

    /// <summary>The largest difference that rounding explains.</summary>
    public double Bound { get; }
}
