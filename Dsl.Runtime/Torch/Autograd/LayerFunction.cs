using System.Diagnostics;
using static TorchSharp.torch;

namespace LayerDsl.Autograd;

/// <summary>
/// The forward and backward pass of one generated layer as one node of TorchSharp's graph. Only the inputs are saved:
/// the backward pass computes what it needs from them, so that it is itself differentiable (<c>create_graph</c>) and keeps
/// no second copy of the weight.
/// </summary>
/// <typeparam name="TSelf">The generated class.</typeparam>
public abstract class LayerFunction<TSelf> : autograd.SingleTensorFunction<TSelf>
    where TSelf : LayerFunction<TSelf>, new()
{
    private const string TensorCount = "tensors";

    private static readonly TSelf Stateless = new();

    /// <summary>The output for the layer's input and stored tensors, in the order in which the generated code reads them.</summary>
    /// <param name="tensors">The inputs of the pass.</param>
    /// <returns>The output, part of the graph if gradients are enabled and any input asks for one.</returns>
#pragma warning disable CA1000 // TorchSharp's own pattern for functions: the generated class is the type argument.
    public static Tensor Apply(params Tensor[] tensors)
#pragma warning restore CA1000
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (!is_grad_enabled() || !Array.Exists(tensors, tensor => tensor.requires_grad))
        {
            return Stateless.ComputeInScope(tensors);
        }

        using var sentinel = GraphSentinel.Create();
        return apply([.. tensors, sentinel]);
    }

    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var tensors = vars.Take(vars.Length - 1).Cast<Tensor>().ToList();
        ctx.save_for_backward(tensors);
        ctx.save_data(TensorCount, tensors.Count);
        return ComputeInScope(tensors);
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

    private Tensor ComputeInScope(IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        return Output(tensors).MoveToOuterDisposeScope();
    }

    private List<Tensor> BackwardInScope(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var gradients = Gradients(saved, gradOutput);
        foreach (var gradient in gradients)
        {
            gradient?.MoveToOuterDisposeScope();
        }

        // A missing gradient is null in TorchSharp's list, which is not annotated for it.
        return [.. gradients.Append(null).Select(gradient => gradient!)];
    }
}
