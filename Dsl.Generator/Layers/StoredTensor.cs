using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Layers;

/// <summary>A tensor that the layer stores, and what it is for, in words that stand in the generated documentation.</summary>
internal sealed record StoredTensor(Tensor Tensor, string Meaning)
{
    /// <summary>What it holds at first, where it does not start at random.</summary>
    public double Start { get; init; }
}
