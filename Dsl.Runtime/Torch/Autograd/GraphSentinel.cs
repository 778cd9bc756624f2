using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>
/// A tiny native node at the input of every layer's node. TorchSharp's managed nodes never learn that a graph was freed:
/// without this one, a second <c>backward()</c> over a freed graph would silently go through. exp keeps its result, so that
/// the engine itself refuses with the usual message. It is also where a failing backward pass makes the engine stop.
/// </summary>
internal static class GraphSentinel
{
    private const int Length = 2;

    public static Tensor Create()
    {
        using var scope = NewDisposeScope();
        return zeros(Length, requires_grad: true).exp().MoveToOuterDisposeScope();
    }

    /// <summary>Gradients that the engine refuses: none for the layer's tensors, one of a wrong shape for the sentinel.</summary>
    /// <param name="tensors">How many inputs the layer's pass has, without the sentinel.</param>
    public static List<Tensor> Refusal(int tensors) => [.. Enumerable.Repeat<Tensor>(null!, tensors), zeros(Length + 1)];
}
