using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>The rows of a stacked weight that belong to each projection of an attention layer.</summary>
public sealed class AttentionWeights : IDisposable
{
    private readonly Tensor[] weights;
    private readonly Tensor[] biases;

    internal AttentionWeights(Tensor[] weights, Tensor[] biases)
    {
        this.weights = weights;
        this.biases = biases;
    }

    /// <summary>(dim, dim).</summary>
    public Tensor Query => weights[0];

    /// <summary>(heads of keys · head size, dim).</summary>
    public Tensor Key => weights[1];

    /// <summary>(heads of keys · head size, dim).</summary>
    public Tensor Value => weights[2];

    /// <summary>(dim, dim).</summary>
    public Tensor Output => weights[3];

    /// <summary>The bias of queries, or null.</summary>
    public Tensor? QueryBias => BiasAt(0);

    /// <summary>The bias of keys, or null.</summary>
    public Tensor? KeyBias => BiasAt(1);

    /// <summary>The bias of values, or null.</summary>
    public Tensor? ValueBias => BiasAt(2);

    /// <summary>The bias of the output, or null.</summary>
    public Tensor? OutputBias => BiasAt(3);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in weights.Concat(biases))
        {
            tensor.Dispose();
        }
    }

    private Tensor? BiasAt(int part) => biases.Length == 0 ? null : biases[part];
}
