using System.Globalization;

namespace LayerDsl;

/// <summary>A weight is NaN or infinite, so a folded layer built from it would give no usable output.</summary>
public sealed class NonFiniteWeightException : LayerDslException
{
    /// <summary>States which weight is not finite.</summary>
    /// <param name="layer">The layer the weight belongs to.</param>
    /// <param name="tensor">The tensor of the layer.</param>
    /// <param name="index">The row-major position in the tensor.</param>
    /// <param name="value">The value found there.</param>
    public NonFiniteWeightException(string layer, string tensor, long index, float value)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"'{layer}': {tensor}[{index}] is {value}, but every weight must be finite. ")
            + "After training, go back to an earlier checkpoint or lower the learning rate; otherwise check where the weights come from.")
    {
        Layer = layer;
        Tensor = tensor;
        Index = index;
        Value = value;
    }

    /// <summary>The layer the weight belongs to.</summary>
    public string Layer { get; }

    /// <summary>The tensor of the layer.</summary>
    public string Tensor { get; }

    /// <summary>The row-major position in the tensor.</summary>
    public long Index { get; }

    /// <summary>The value found there.</summary>
    public float Value { get; }
}
