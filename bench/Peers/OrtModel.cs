using LayerDsl.Tests.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LayerDsl.Bench.Peers;

/// <summary>A model of one input "x" and one output "y" in ONNX Runtime, with memory for both bound once.</summary>
internal sealed class OrtModel : IDisposable
{
    private readonly SessionOptions options = new() { IntraOpNumThreads = Threads.Count, InterOpNumThreads = 1 };
    private readonly RunOptions runOptions = new();
    private readonly InferenceSession session;
    private readonly OrtValue input;
    private readonly OrtValue result;

    public OrtModel(OnnxModel model, float[] x, int[] inputShape, int[] outputShape)
    {
        Output = new float[outputShape.Aggregate(1, (product, size) => product * size)];
        session = new InferenceSession(model.Input("x", inputShape).Output("y", OnnxTensor.Float32, outputShape).ToBytes(), options);
        input = OrtValue.CreateTensorValueFromMemory(x, Array.ConvertAll(inputShape, size => (long)size));
        result = OrtValue.CreateTensorValueFromMemory(Output, Array.ConvertAll(outputShape, size => (long)size));
    }

    /// <summary>What <see cref="Run"/> writes.</summary>
    public float[] Output { get; }

    public void Run() => session.Run(runOptions, ["x"], [input], ["y"], [result]);

    public void Dispose()
    {
        input.Dispose();
        result.Dispose();
        session.Dispose();
        runOptions.Dispose();
        options.Dispose();
    }
}
