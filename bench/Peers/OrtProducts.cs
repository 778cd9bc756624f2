using System.Runtime.InteropServices;
using LayerDsl.Tests.Onnx;

namespace LayerDsl.Bench.Peers;

/// <summary>A linear layer without bias in ONNX Runtime.</summary>
internal static class OrtProducts
{
    private const int ZeroCode = 8;

    /// <summary>MatMul with a constant in 32-bit floats.</summary>
    public static OrtModel MatMul(FoldedLinear layer, float[] x, int rows) =>
        new(new OnnxModel().Constant(Transposed("W", layer.Weight, layer.OutFeatures, layer.InFeatures)).Node("MatMul", ["x", "W"], "y"), x, [rows, layer.InFeatures], [rows, layer.OutFeatures]);

    /// <summary>com.microsoft.MatMulNBits with the same codes and scales: 4 bits, in groups, the zero at code 8.</summary>
    /// <param name="layer">Our layer.</param>
    /// <param name="x">The input.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="accuracyLevel">4: inputs are rounded to 8 bits; 0: they are not.</param>
    public static OrtModel MatMulNBits(FoldedLinear layer, float[] x, int rows, int accuracyLevel)
    {
        var weight = layer.Quantized!;
        var groupSize = weight.Format.GroupSize;
        if (weight.Format.Bits != 4 || weight.Format.Levels[ZeroCode] != 0 || layer.InFeatures % groupSize != 0)
        {
            throw new ArgumentException("MatMulNBits knows 4-bit codes with the zero at 8 in groups that divide the row.", nameof(layer));
        }

        var groups = layer.InFeatures / groupSize;
        var model = new OnnxModel()
            .Constant(new OnnxTensor("W", [layer.OutFeatures, groups, groupSize / 2], OnnxTensor.UInt8, weight.Codes.Bytes.ToArray()))
            .Constant(Floats("scales", weight.Scales, layer.OutFeatures * groups))
            .Node(
                "com.microsoft",
                "MatMulNBits",
                ["x", "W", "scales"],
                "y",
                OnnxAttribute.Number("K", layer.InFeatures),
                OnnxAttribute.Number("N", layer.OutFeatures),
                OnnxAttribute.Number("bits", weight.Format.Bits),
                OnnxAttribute.Number("block_size", groupSize),
                OnnxAttribute.Number("accuracy_level", accuracyLevel));
        return new OrtModel(model, x, [rows, layer.InFeatures], [rows, layer.OutFeatures]);
    }

    public static OnnxTensor Floats(string name, ReadOnlySpan<float> values, params int[] shape) => new(name, shape, OnnxTensor.Float32, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>(out, in) as (in, out): what MatMul multiplies with from the right.</summary>
    public static OnnxTensor Transposed(string name, ReadOnlySpan<float> weight, int rows, int columns)
    {
        var transposed = new float[weight.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = weight[(row * columns) + column];
            }
        }

        return Floats(name, transposed, columns, rows);
    }
}
