using static TorchSharp.torch;

namespace LayerDsl.Tests.Onnx;

[BatchNorm2d(3)]
public sealed partial class OnnxBatchNorm;

[BatchNorm2d(3, Eps = 1e-2)]
public sealed partial class OnnxBatchNormEpsilon;

[LayerNorm(4)]
public sealed partial class OnnxLayerNorm2d;

[LayerNorm(5, Eps = 0.1)]
public sealed partial class OnnxLayerNorm3d;

[LayerNorm(5)]
public sealed partial class OnnxLayerNorm4d;

[Conv2d(1, 1, 3, Padding = 1, Bias = false)]
public sealed partial class OnnxPaddedConvolution;

[Conv2d(1, 1, 3, Bias = false)]
public sealed partial class OnnxConvolution;

[Conv2d(1, 1, 3, Stride = 2, Padding = 1, Bias = false)]
public sealed partial class OnnxStridedPaddedConvolution;

[Conv2d(1, 1, 3, Stride = 2, Bias = false)]
public sealed partial class OnnxStridedConvolution;

/// <summary>Layers and their folded forms against the node tests of ONNX: an oracle that shares nothing with TorchSharp.</summary>
public sealed class OnnxNodeTests
{
    /// <summary>ONNX's own tolerance is 1e-3 relative; what both compute in float32 agrees to 2e-6.</summary>
    private const double Tolerance = 2e-6;

    [OnnxTheory]
    [InlineData("batchnorm_example", false)]
    [InlineData("batchnorm_epsilon", true)]
    public void Batch_normalization_in_eval_mode(string name, bool hasEpsilon)
    {
        var layer = BatchNorm(name, hasEpsilon);
        layer.eval();
        Compare(name, layer);
    }

    /// <summary>ONNX follows the variance that divides by n, TorchSharp and we the unbiased one, which divides by n - 1.</summary>
    [OnnxTheory]
    [InlineData("batchnorm_example_training_mode", false)]
    [InlineData("batchnorm_epsilon_training_mode", true)]
    public void Batch_normalization_in_training_mode(string name, bool hasEpsilon)
    {
        var layer = BatchNorm(name, hasEpsilon);
        var x = Of(OnnxTestData.Case(name).Inputs[0]);
        var count = (double)(x.numel() / 3);

        AssertEqual(Of(OnnxTestData.Case(name).Outputs[0]), layer.forward(x));

        var before = Of(OnnxTestData.Case(name).Inputs[4]) * 0.9;
        AssertEqual(Of(OnnxTestData.Case(name).Outputs[1]), layer.state_dict()["running_mean"]);
        AssertEqual(Of(OnnxTestData.Case(name).Outputs[2]), before + ((layer.state_dict()["running_var"] - before) * ((count - 1) / count)));
    }

    [OnnxTheory]
    [InlineData("layer_normalization_2d_axis_negative_1")]
    [InlineData("layer_normalization_3d_axis_negative_1_epsilon")]
    [InlineData("layer_normalization_4d_axis_negative_1")]
    public void Layer_normalization(string name)
    {
        Layer layer = name.Contains("2d", StringComparison.Ordinal) ? new OnnxLayerNorm2d() : name.Contains("3d", StringComparison.Ordinal) ? new OnnxLayerNorm3d() : new OnnxLayerNorm4d();
        layer.LoadWeight(Of(OnnxTestData.Case(name).Inputs[1]), Of(OnnxTestData.Case(name).Inputs[2]));
        Compare(name, layer);
    }

    [OnnxTheory]
    [InlineData("basic_conv_with_padding")]
    [InlineData("basic_conv_without_padding")]
    [InlineData("conv_with_strides_padding")]
    [InlineData("conv_with_strides_no_padding")]
    public void Convolution(string name)
    {
        Layer layer = name switch
        {
            "basic_conv_with_padding" => new OnnxPaddedConvolution(),
            "basic_conv_without_padding" => new OnnxConvolution(),
            "conv_with_strides_padding" => new OnnxStridedPaddedConvolution(),
            _ => new OnnxStridedConvolution(),
        };
        layer.LoadWeight(Of(OnnxTestData.Case(name).Inputs[1]));
        Compare(name, layer);
    }

    private static void Compare(string name, Layer layer)
    {
        var (x, expected) = (Of(OnnxTestData.Case(name).Inputs[0]), Of(OnnxTestData.Case(name).Outputs[0]));
        AssertEqual(expected, layer.forward(x).detach());
        AssertEqual(expected, Folded(layer.Fold(), x, expected.shape));
        AssertEqual(expected, layer.FoldLayer().forward(x).detach());
    }

    private static Tensor Folded(FoldedLayer form, Tensor x, long[] shape)
    {
        var (values, y) = (x.data<float>().ToArray(), new float[shape.Aggregate(1L, (product, size) => product * size)]);
        switch (form)
        {
            case FoldedConv2d convolution:
                convolution.Forward(values, y, (int)x.shape[0], (int)x.shape[2], (int)x.shape[3]);
                break;
            case FoldedBatchNorm2d norm:
                norm.Forward(values, y, (int)x.shape[0], (int)x.shape[2], (int)x.shape[3]);
                break;
            case FoldedLayerNorm norm:
                norm.Forward(values, y, values.Length / norm.Features);
                break;
            default:
                Assert.Fail("no case for " + form.GetType());
                break;
        }

        return tensor(y, shape);
    }

    private static void AssertEqual(Tensor expected, Tensor actual) => Torch.GradientTests.AssertClose(expected, actual.detach(), Tolerance, "value");

    private static Tensor Of(OnnxTensor values) => tensor(values.Values, [.. values.Dimensions.Select(size => (long)size)], ScalarType.Float32);

    private static Layer BatchNorm(string name, bool hasEpsilon)
    {
        Layer layer = hasEpsilon ? new OnnxBatchNormEpsilon() : new OnnxBatchNorm();
        layer.LoadWeight(Of(OnnxTestData.Case(name).Inputs[1]), Of(OnnxTestData.Case(name).Inputs[2]));
        using var noGradient = no_grad();
        var state = layer.state_dict();
        state["running_mean"].copy_(Of(OnnxTestData.Case(name).Inputs[3]));
        state["running_var"].copy_(Of(OnnxTestData.Case(name).Inputs[4]));
        return layer;
    }
}
