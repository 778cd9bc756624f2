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

    /// <summary>An immutable managed copy of a weight in binary planes.</summary>
    /// <param name="format">How codes stand for weights.</param>
    /// <param name="signs">±1, (planes, out, …).</param>
    /// <param name="alphas">The scales, plane after plane.</param>
    /// <param name="down">A of a low-rank term beside the codes, or null.</param>
    /// <param name="up">B of that term, or null.</param>
    protected QuantizedWeight FoldPlanes(QuantizedFormat format, Tensor signs, Tensor alphas, Tensor? down = null, Tensor? up = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(signs);
        using var scope = NewDisposeScope();
        var bits = tensor([.. Enumerable.Range(0, format.Planes).Select(plane => 1 << plane)], signs.dtype, signs.device);
        var codes = (signs.detach().gt(0).to_type(signs.dtype).flatten(2) * bits.view(-1, 1, 1)).sum(dim: 0);
        return FoldCodes(format, codes, lowest: 0, alphas, null, down, up);
    }

    /// <summary>Fits binary planes to a weight (<see cref="BinaryCoding"/>), without a gradient.</summary>
    /// <param name="weight">The weight; finite.</param>
    /// <param name="scaleAxes">How many of its leading axes have scales of their own.</param>
    /// <param name="planes">How many planes.</param>
    /// <param name="scales">What scales may be.</param>
    /// <returns>Signs ±1, (planes, …) with the axes of the weight, and scales, (planes, …) with the leading axes.</returns>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    protected (Tensor Signs, Tensor Alphas) FitPlanes(Tensor weight, int scaleAxes, int planes, BinaryScales scales)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var (name, shape) = (GetName(), weight.shape);
        var (values, shared) = (ToArray(weight), checked((int)shape[..scaleAxes].Aggregate(1L, (product, size) => product * size)));
        var size = values.Length / shared;
        var (signs, alphas) = (new float[planes * values.Length], new float[planes * shared]);
        CheckFinite(weight, "weight"); // Before the loop: its errors would come in a bundle.
        Parallel.For(0, shared, set =>
        {
            var fit = BinaryCoding.Fit(name, values.AsSpan(set * size, size), planes, scales);
            for (var plane = 0; plane < planes; plane++)
            {
                alphas[(plane * shared) + set] = fit.Scales[plane];
                for (var k = 0; k < size; k++)
                {
                    signs[(plane * values.Length) + (set * size) + k] = ((fit.Codes[k] >> plane) & 1) == 1 ? 1 : -1;
                }
            }
        });

        using var scope = NewDisposeScope();
        return (tensor(signs, [planes, .. shape]).to(weight).MoveToOuterDisposeScope(), tensor(alphas, [planes, .. shape[..scaleAxes]]).to(weight).MoveToOuterDisposeScope());
    }

    /// <summary>What a pass adds before it rounds: uniform in [-½, ½) in training, so that it rounds up or down at random, and 0 otherwise.</summary>
    /// <param name="like">Gives type and device.</param>
    /// <param name="size">The shape.</param>
    protected Tensor Dither(Tensor like, params long[] size)
    {
        ArgumentNullException.ThrowIfNull(like);
        if (!training)
        {
            return zeros(size, like.dtype, like.device);
        }

        using var uniform = rand(size, like.dtype, like.device);
        return uniform - 0.5;
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
