using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Onnx;

/// <summary>ONNX Runtime's QuantizeLinear, DequantizeLinear and MatMul on the weights, scales and inputs of a folded layer.</summary>
public sealed class OnnxRuntimeTests
{
    private const int In = 24;
    private const int Out = 7;
    private const int Batch = 5;

    [Theory]
    [InlineData("unsigned", OnnxTensor.UInt8)]
    [InlineData("signed", OnnxTensor.Int8)]
    [InlineData("E4M3", OnnxTensor.Float8E4M3)]
    [InlineData("E5M2", OnnxTensor.Float8E5M2)]
    public void The_runtime_rounds_and_multiplies_alike(string name, int type)
    {
        foreach (var seed in Enumerable.Range(0, 10))
        {
            random.manual_seed(seed);
            Layer layer = name switch { "unsigned" => new OnnxLayers.Unsigned8(), "signed" => new OnnxLayers.Signed8(), "E4M3" => new OnnxLayers.Float8E4M3(), _ => new OnnxLayers.Float8E5M2() };
            var (weight, x) = (randn(Out, In), randn(Batch, In));
            layer.LoadWeight(weight);
            var folded = (FoldedLinear)layer.Fold();
            var (rounded, y) = Run(Numbers(weight), Numbers(x), folded.Quantized!, type);
            Assert.Equal(rounded, folded.Weight.ToArray());

            var ours = new float[Batch * Out];
            folded.Forward(Numbers(x), ours, Batch);
            var bound = layer.RoundingBound(x.abs().to_type(float64), zeros_like(x, float64));
            Assert.All(y.Zip(ours).Zip(bound.reshape(-1).data<double>()), item => Assert.InRange(Math.Abs((double)item.First.First - item.First.Second), 0, item.Second));
        }
    }

    /// <summary>The runtime's rounded weight and output.</summary>
    private static (float[] Weight, float[] Output) Run(float[] weight, float[] x, QuantizedWeight quantized, int type)
    {
        // Zero points of the type say what to round to; our float formats and symmetric codes have none.
        byte[] zeros = quantized.Zeros.IsEmpty ? new byte[Out] : [.. quantized.Zeros.ToArray().Select(zero => (byte)zero)];
        var model = new OnnxModel()
            .Input("W", Out, In)
            .Input("X", Batch, In)
            .Constant(new OnnxTensor("scale", [Out], OnnxTensor.Float32, MemoryMarshal.AsBytes(quantized.Scales).ToArray()))
            .Constant(new OnnxTensor("zero", [Out], type, zeros))
            .Node("QuantizeLinear", ["W", "scale", "zero"], "codes", OnnxAttribute.Number("axis", 0))
            .Node("DequantizeLinear", ["codes", "scale", "zero"], "rounded", OnnxAttribute.Number("axis", 0))
            .Node("Transpose", ["rounded"], "transposed")
            .Node("MatMul", ["X", "transposed"], "Y")
            .Output("rounded", OnnxTensor.Float32, Out, In)
            .Output("Y", OnnxTensor.Float32, Batch, Out)
            .ToBytes();
        using var session = new InferenceSession(model);
        using var options = new RunOptions();
        using var w = OrtValue.CreateTensorValueFromMemory(weight, [Out, In]);
        using var input = OrtValue.CreateTensorValueFromMemory(x, [Batch, In]);
        using var results = session.Run(options, ["W", "X"], [w, input], ["rounded", "Y"]);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<float>().ToArray());
    }

    private static float[] Numbers(Tensor tensor) => tensor.detach().reshape(-1).data<float>().ToArray();
}
