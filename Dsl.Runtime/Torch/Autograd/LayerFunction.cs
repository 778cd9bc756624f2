using System.Diagnostics;
using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>
/// The forward and backward pass of one generated layer as one node of TorchSharp's graph. Two ways lead through it. The composed one saves only the
/// inputs, and its backward pass computes what it needs from them out of TorchSharp's operations, so that it is itself differentiable
/// (<c>create_graph</c>). The other one computes weights in loops over the tensors' memory, and keeps for the backward pass what the layer's
/// header says; it is taken for float32 on the CPU where no gradient of a gradient is asked for.
/// </summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
public abstract class LayerFunction<TSelf> : autograd.SingleTensorFunction<TSelf>
    where TSelf : LayerFunction<TSelf>, new()
{
    private const string TensorCount = "tensors";
    private const string InLoops = "loops";

    private static readonly TSelf Stateless = new();

    /// <summary>The output for the layer's input and stored tensors, in the order in which the generated code reads them.</summary>
    /// <param name="tensors">The inputs of the pass.</param>
    /// <returns>The output, part of the graph if gradients are enabled and any input asks for one.</returns>
#pragma warning disable CA1000 // TorchSharp's own pattern for functions: the generated class is the type argument.
    public static Tensor Apply(params Tensor[] tensors)
#pragma warning restore CA1000
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ReturnedGradients.Release();
        if (!is_grad_enabled() || !Array.Exists(tensors, tensor => tensor.requires_grad))
        {
            return Stateless.ComputeInScope(tensors);
        }

        using var scope = NewDisposeScope();
        return apply([.. tensors.Select(Reshaped), GraphSentinel.Create()]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var tensors = vars.Take(vars.Length - 1).Cast<Tensor>().ToList();
        var (inLoops, kept) = (FitsLoops(tensors), new List<Tensor>());
        ctx.save_data(TensorCount, tensors.Count);
        ctx.save_data(InLoops, inLoops);
        using var scope = NewDisposeScope();
        var output = inLoops ? LoopOutput(tensors, kept) : Output(tensors);

        // The node takes over what is saved only after this method has returned: the scope of Apply ends later.
        kept.ForEach(tensor => tensor.MoveToOuterDisposeScope());
        ctx.save_for_backward([.. tensors, .. kept]);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Called from native code, through which no exception may pass. A failure is traced, and reported to the engine
    /// as a gradient that does not fit: <c>backward()</c> then throws before any gradient is accumulated.
    /// </remarks>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        try
        {
            return ReturnedGradients.Keep(BackwardInScope(ctx, grad_output));
        }
#pragma warning disable CA1031 // An exception of any type would end the process in native code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var reason = $"The backward pass of layer '{Name}' failed: {exception.Message.Split('\n')[0]}";
            Trace.TraceError(reason);

            // The engine's own message cannot carry the reason, and a trace listener is seldom there.
            Console.Error.WriteLine("LayerDsl: " + reason);
            return ReturnedGradients.Keep(GraphSentinel.Refusal((int)ctx.get_data(TensorCount)));
        }
        finally
        {
            grad_output?.Dispose();
        }
    }

    /// <summary>The forward pass.</summary>
    /// <param name="inputs">The input (rows, in) and the stored tensors.</param>
    /// <returns>The output (rows, out).</returns>
    protected abstract Tensor Output(IReadOnlyList<Tensor> inputs);

    /// <summary>The backward pass.</summary>
    /// <param name="inputs">The input and the stored tensors, as in the forward pass.</param>
    /// <param name="gradOutput">The gradient of the output (rows, out).</param>
    /// <returns>A gradient for each input, or null where none is wanted.</returns>
    protected abstract Tensor?[] Gradients(IReadOnlyList<Tensor> inputs, Tensor gradOutput);

    /// <summary>Whether the weight is computed in loops where the tensors allow it.</summary>
    protected virtual bool HasLoops => false;

    /// <summary>The forward pass with loops over the tensors' memory.</summary>
    /// <param name="inputs">As for <see cref="Output"/>.</param>
    /// <param name="kept">Takes what the backward pass is given.</param>
    /// <returns>The output (rows, out).</returns>
    protected virtual Tensor LoopOutput(IReadOnlyList<Tensor> inputs, ICollection<Tensor> kept) => Output(inputs);

    /// <summary>The backward pass with loops over the tensors' memory.</summary>
    /// <param name="inputs">As for <see cref="Gradients"/>.</param>
    /// <param name="kept">What the forward pass kept.</param>
    /// <param name="gradOutput">The gradient of the output (rows, out).</param>
    /// <returns>A gradient for each input, or null where none is wanted.</returns>
    protected virtual Tensor?[] LoopGradients(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> kept, Tensor gradOutput) => Gradients(inputs, gradOutput);

    /// <summary>
    /// A view of a parameter. The engine takes a gradient over without copying it only if nobody else holds it, but the managed list of gradients does;
    /// the view's own node hands on a gradient of its own, in the same memory.
    /// </summary>
    private static Tensor Reshaped(Tensor tensor) => tensor.requires_grad && tensor.is_leaf ? tensor.view(tensor.shape) : tensor;

    private bool FitsLoops(IReadOnlyList<Tensor> tensors) => HasLoops && TensorLoop.Fits(tensors.Skip(1));

    private Tensor ComputeInScope(IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        return (FitsLoops(tensors) ? LoopOutput(tensors, []) : Output(tensors)).MoveToOuterDisposeScope();
    }

    private List<Tensor> BackwardInScope(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var count = (int)ctx.get_data(TensorCount);

        // Gradients are enabled here only where gradients of these are asked for.
        var gradients = (bool)ctx.get_data(InLoops) && !is_grad_enabled()
            ? LoopGradients(saved.Take(count).ToArray(), saved.Skip(count).ToArray(), gradOutput)
            : Gradients(saved.Take(count).ToArray(), gradOutput);
        foreach (var gradient in gradients)
        {
            gradient?.MoveToOuterDisposeScope();
        }

        // A missing gradient is null in TorchSharp's list, which is not annotated for it.
        return [.. gradients.Append(null).Select(gradient => gradient!)];
    }
}
