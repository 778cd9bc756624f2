using System.Globalization;

namespace LayerDsl;

/// <summary>An input that was to be rounded to codes, or to calibrate their grid, is NaN or infinite. Nothing has been written.</summary>
public sealed class NonFiniteActivationException : LayerDslException
{
    /// <summary>States which value is not finite.</summary>
    /// <param name="layer">The layer that was given it.</param>
    /// <param name="index">The row-major position in the input.</param>
    /// <param name="value">The value found there.</param>
    public NonFiniteActivationException(string layer, long index, float value)
        : base(string.Create(CultureInfo.InvariantCulture, $"'{layer}': input[{index}] is {value}, but no code stands for it. ")
            + "Leave the sample out, or look for the step before this layer that makes it.")
    {
        Layer = layer;
        Index = index;
        Value = value;
    }

    /// <summary>The layer that was given the value.</summary>
    public string Layer { get; }

    /// <summary>The row-major position in the input.</summary>
    public long Index { get; }

    /// <summary>The value found there.</summary>
    public float Value { get; }
}
