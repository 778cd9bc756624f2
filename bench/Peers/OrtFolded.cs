using LayerDsl.Tests.Onnx;

namespace LayerDsl.Bench.Peers;

/// <summary>Folded layers as nodes of an ONNX model, with the weights that their codes stand for.</summary>
internal sealed class OrtFolded
{
    private string value = "x";
    private int made;

    public OnnxModel Model { get; } = new();

    public OrtFolded Linear(FoldedLayer layer)
    {
        var linear = (FoldedLinear)layer;
        Model.Constant(OrtProducts.Transposed(layer.Name + ".W", linear.Weight, linear.OutFeatures, linear.InFeatures));
        Model.Constant(OrtProducts.Floats(layer.Name + ".b", linear.Bias, linear.OutFeatures));
        return Add("Gemm", [layer.Name + ".W", layer.Name + ".b"]);
    }

    public OrtFolded Conv2d(FoldedLayer layer)
    {
        var conv = (FoldedConv2d)layer;
        var geometry = conv.Geometry;
        Model.Constant(OrtProducts.Floats(layer.Name + ".W", WeightOf(conv), geometry.OutChannels, geometry.InChannels / geometry.Groups, geometry.KernelSize, geometry.KernelSize));
        Model.Constant(OrtProducts.Floats(layer.Name + ".b", conv.Bias, geometry.OutChannels));
        var padding = geometry.Padding;
        return Add("Conv", [layer.Name + ".W", layer.Name + ".b"], OnnxAttribute.List("pads", padding, padding, padding, padding), OnnxAttribute.List("strides", geometry.Stride, geometry.Stride), OnnxAttribute.Number("group", geometry.Groups));
    }

    public OrtFolded Relu() => Add("Relu", []);

    public OrtFolded Halved() => Add("MaxPool", [], OnnxAttribute.List("kernel_shape", 2, 2), OnnxAttribute.List("strides", 2, 2));

    public OrtFolded Flat() => Add("Flatten", []);

    /// <summary>Names the last value "y".</summary>
    public OnnxModel Done()
    {
        Model.Node("Identity", [value], "y");
        return Model;
    }

    private static float[] WeightOf(FoldedConv2d conv)
    {
        if (conv.Quantized is not { } quantized)
        {
            return conv.Weight.ToArray();
        }

        var columns = quantized.Codes.Columns;
        var weight = new float[quantized.Codes.Rows * columns];
        for (var row = 0; row < quantized.Codes.Rows; row++)
        {
            quantized.Decode(row, weight.AsSpan(row * columns, columns));
        }

        return weight;
    }

    private OrtFolded Add(string operation, string[] constants, params OnnxAttribute[] attributes)
    {
        var next = $"value{++made}";
        Model.Node(operation, [value, .. constants], next, attributes);
        value = next;
        return this;
    }
}
