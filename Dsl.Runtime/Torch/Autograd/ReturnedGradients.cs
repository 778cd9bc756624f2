using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>
/// Releases the gradients that a backward pass handed to the engine. The engine copies the handles after the managed
/// callback has returned, so that the callback itself cannot; by the next pass on the same thread it has. Left to finalizers they would pile up: native memory does not make
/// the garbage collector run. The engine works for the CPU on the thread that calls it, so that the next forward pass frees them before it needs memory of its own.
/// </summary>
internal static class ReturnedGradients
{
    [ThreadStatic]
    private static List<Tensor>? last;

    public static List<Tensor> Keep(List<Tensor> gradients)
    {
        Release();
        last = gradients;
        return gradients;
    }

    /// <summary>Releases those of the last backward pass on this thread.</summary>
    public static void Release()
    {
        last?.ForEach(gradient => gradient?.Dispose());
        last = null;
    }
}
