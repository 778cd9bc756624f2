using static TorchSharp.torch;

namespace LayerDsl.Examples.Comparison;

/// <summary>Starts a model from the weights of another one with the same layers, whatever reparameterizes them.</summary>
public static class LayerWeights
{
    /// <summary>The projections of an attention layer, in the order in which their rows are stacked.</summary>
    private static readonly string[] Projections = ["query", "key", "value", "output"];

    /// <summary>Copies weights and biases from layer to layer, in the order of their declaration.</summary>
    /// <param name="from">A model without reparameterizations.</param>
    /// <param name="to">The model to start.</param>
    /// <exception cref="ArgumentException">One has more layers than the other.</exception>
    public static void Copy(nn.Module from, nn.Module to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var (sources, targets) = (from.children().OfType<Layer>().ToArray(), to.children().OfType<Layer>().ToArray());
        if (sources.Length != targets.Length)
        {
            throw new ArgumentException($"'{from.GetName()}' has {sources.Length} layers, '{to.GetName()}' has {targets.Length}.", nameof(to));
        }

        using var scope = NewDisposeScope();
        foreach (var (source, target) in sources.Zip(targets))
        {
            var state = source.named_parameters().ToDictionary(named => named.name, named => (Tensor)named.parameter);
            target.LoadWeight(Stacked(state, "weight"), state.ContainsKey("bias") || state.ContainsKey("query.bias") ? Stacked(state, "bias") : null);
        }
    }

    private static Tensor Stacked(Dictionary<string, Tensor> state, string name) =>
        state.TryGetValue(name, out var own) ? own.detach() : cat([.. Projections.Select(projection => state[$"{projection}.{name}"].detach())], 0);
}
