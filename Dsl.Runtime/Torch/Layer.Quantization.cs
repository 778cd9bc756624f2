using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What generated quantized layers share.</content>
public abstract partial class Layer
{
    /// <summary>An immutable managed copy of a weight in codes.</summary>
    /// <param name="format">How codes stand for weights.</param>
    /// <param name="codes">The codes as whole numbers, a row for each output.</param>
    /// <param name="lowest">The lowest code, which is packed as 0.</param>
    /// <param name="scales">The scales.</param>
    /// <param name="zeros">The zero points, or null.</param>
    /// <param name="down">A of a low-rank term beside the codes, or null.</param>
    /// <param name="up">B of that term, or null.</param>
    protected QuantizedWeight FoldCodes(QuantizedFormat format, Tensor codes, int lowest, Tensor scales, Tensor? zeros = null, Tensor? down = null, Tensor? up = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(scales);
        using var scope = NewDisposeScope();
        var matrix = (codes.detach() - lowest).to_type(ScalarType.Byte).cpu().flatten(1).contiguous();
        var packed = PackedCodes.Pack(GetName(), matrix.data<byte>().ToArray(), checked((int)matrix.shape[0]), checked((int)matrix.shape[1]), format.Bits);
        return new QuantizedWeight(GetName(), format, packed, ToArray(scales), Optional(zeros), Optional(down), Optional(up));
    }

    /// <summary>A folded linear layer on a weight in codes.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected FoldedLinear FoldLinear(QuantizedWeight weight, Tensor? bias, ActivationGrid? activation = null) =>
        new FoldedQuantizedLinear(GetName(), weight, Optional(bias)) { Activation = activation };

    /// <summary>A folded convolution on a weight in codes.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">(out), or null.</param>
    /// <param name="geometry">Channels, kernel and how it slides.</param>
    /// <param name="activation">The grid of the input; null where it is taken as it is.</param>
    protected FoldedConv2d FoldConv2d(QuantizedWeight weight, Tensor? bias, Conv2dGeometry geometry, ActivationGrid? activation = null) =>
        new(GetName(), geometry, weight, Optional(bias)) { Activation = activation };

    private static float[] Optional(Tensor? tensor) => tensor is null ? [] : ToArray(tensor);
}
