using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>
/// Releases the gradients that a backward pass handed to the engine. The engine copies the handles after the managed
/// callback has returned, so that the callback itself cannot; by the next callback on the same thread it has. Left to
/// finalizers they would pile up: native memory does not make the garbage collector run.
/// </summary>
internal static class ReturnedGradients
{
    [ThreadStatic]
    private static List<Tensor>? last;

    public static List<Tensor> Keep(List<Tensor> gradients)
    {
        foreach (var gradient in last ?? [])
        {
            gradient?.Dispose();
        }

        last = gradients;
        return gradients;
    }
}
