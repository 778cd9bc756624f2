using System.Numerics;

namespace LayerDsl;

/// <summary>A layer cannot be made in the sizes that its constructor was given. Thrown before anything is allocated.</summary>
public sealed class LayerSizeException : LayerDslException
{
    /// <summary>States which size is wrong.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="size">The size, as the constructor's parameter or the attribute names it.</param>
    /// <param name="actual">Its value.</param>
    /// <param name="required">What it must be.</param>
    public LayerSizeException(string layer, string size, long actual, string required)
        : this(layer, size, (BigInteger)actual, required)
    {
    }

    /// <summary>The same of a product of sizes, which the message states exactly; <see cref="Actual"/> ends at 2⁶³ − 1.</summary>
    internal LayerSizeException(string layer, string size, BigInteger actual, string required)
        : base(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{layer}': {size} is {actual}, but must be {required}."))
    {
        Layer = layer;
        Size = size;
        Actual = (long)BigInteger.Clamp(actual, long.MinValue, long.MaxValue);
        Required = required;
    }

    /// <summary>The layer.</summary>
    public string Layer { get; }

    /// <summary>The size.</summary>
    public string Size { get; }

    /// <summary>Its value; 2⁶³ − 1 where it is larger.</summary>
    public long Actual { get; }

    /// <summary>What it must be.</summary>
    public string Required { get; }
}
