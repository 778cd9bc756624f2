using System.Buffers.Binary;

namespace LayerDsl;

/// <summary>
/// A linear layer whose weight is kept in bfloat16, half the bytes of 32-bit floats: y = x Wᵀ + b, with inputs, bias and sums in 32-bit floats. Each
/// weight is rounded to the nearest of 8 significant bits, by at most 2⁻⁸ of itself, ties to even; so the layer is close to the one that was folded, not equal to it.
/// Immutable, and safe to use from many threads at once.
/// </summary>
public sealed class FoldedBFloat16Linear : FoldedLinear
{
    private readonly PackedMatrix packed;

    /// <summary>Rounds and packs a weight.</summary>
    /// <param name="name">The layer's name, for messages and files.</param>
    /// <param name="inFeatures">Values per input row.</param>
    /// <param name="outFeatures">Values per output row.</param>
    /// <param name="weight">The weight, shape (out, in), row major.</param>
    /// <param name="bias">The bias, shape (out); empty for none.</param>
    /// <exception cref="LayerShapeException">A size is not positive, or a length does not match the sizes.</exception>
    /// <exception cref="NonFiniteWeightException">A weight or bias is NaN or infinite, or rounds to infinity.</exception>
    public FoldedBFloat16Linear(string name, int inFeatures, int outFeatures, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
        : base(name, inFeatures, outFeatures, bias)
    {
        Require.Rows(name, "length of the weight", outFeatures, inFeatures, weight.Length);
        Require.Finite(name, "weight", weight);
        var rounded = new float[weight.Length];
        for (var k = 0; k < rounded.Length; k++)
        {
            rounded[k] = Round(weight[k]);
        }

        Require.Finite(name, "weight", rounded);
        packed = new PackedMatrix(outFeatures, inFeatures, rounded, KernelWidths.Best, isBFloat16: true);
    }

    /// <summary>The weight, shape (out, in), row major, as it is after rounding: a new copy each time.</summary>
    public override ReadOnlySpan<float> Weight => packed.ToRows();

    /// <inheritdoc/>
    public override long ParameterCount => ((long)OutFeatures * InFeatures) + Bias.Length + ActivationCount;

    /// <inheritdoc/>
    public override long ByteCount => ((long)OutFeatures * InFeatures * sizeof(ushort)) + ((long)(Bias.Length + ActivationCount) * sizeof(float));

    /// <summary>A layer with the weight of another one, rounded.</summary>
    /// <param name="layer">A layer in 32-bit floats.</param>
    /// <exception cref="LayerShapeException">The weight is in codes.</exception>
    /// <exception cref="NonFiniteWeightException">A weight rounds to infinity.</exception>
    public static FoldedBFloat16Linear Of(FoldedLinear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.Quantized is null
            ? new FoldedBFloat16Linear(layer.Name, layer.InFeatures, layer.OutFeatures, layer.Weight, layer.Bias) { Activation = layer.Activation }
            : throw new LayerShapeException(layer.Name, "weight", "32-bit floats to round to bfloat16", "codes");
    }

    /// <summary>The floats of stored bfloat16 numbers.</summary>
    internal static float[] Read(ReadOnlySpan<byte> data)
    {
        var values = new float[data.Length / sizeof(ushort)];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(data[(k * sizeof(ushort))..]) << 16);
        }

        return values;
    }

    private protected override IEnumerable<SafetensorsEntry> WeightTensors()
    {
        var data = new byte[checked(OutFeatures * InFeatures * sizeof(ushort))];
        var values = packed.ToRows();
        for (var k = 0; k < values.Length; k++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(k * sizeof(ushort)), (ushort)(BitConverter.SingleToUInt32Bits(values[k]) >> 16));
        }

        yield return new SafetensorsEntry(FoldedModelFile.WeightName(Name), SafetensorsType.BF16, EquatableList.Create<long>([OutFeatures, InFeatures]), data);
    }

    private protected override void Multiply(ReadOnlySpan<float> x, Span<float> y, int rows, in Epilogue epilogue) => packed.Multiply(x, y, rows, Bias, epilogue);

    /// <summary>To the nearest number with 16 bits, ties to even; finite numbers only.</summary>
    private static float Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
