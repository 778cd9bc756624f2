namespace LayerDsl.Tests.Onnx;

/// <summary>Layers with the shapes of ONNX's cases, and layers to compare with ONNX Runtime.</summary>
public static partial class OnnxLayers
{
    [Linear(6, 1), Quantize(Symmetric = false, Granularity = Granularity.Tensor)]
    public sealed partial class Dynamic6;

    [Linear(4, 3), Quantize(Symmetric = false, Granularity = Granularity.Tensor)]
    public sealed partial class Dynamic12;

    [Linear(24, 7, Bias = false), Quantize(Symmetric = false)]
    public sealed partial class Unsigned8;

    [Linear(24, 7, Bias = false), Quantize]
    public sealed partial class Signed8;

    [Linear(24, 7, Bias = false), Quantize(Scheme = Scheme.Fp8E4M3)]
    public sealed partial class Float8E4M3;

    [Linear(24, 7, Bias = false), Quantize(Scheme = Scheme.Fp8E5M2)]
    public sealed partial class Float8E5M2;
}
