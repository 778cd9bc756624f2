using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What generated embeddings share.</content>
public abstract partial class Layer
{
    /// <summary>Refuses an input that is no tensor of indices of a table, before anything is computed.</summary>
    /// <param name="input">The input, int64 of any shape.</param>
    /// <param name="count">How many rows the table has.</param>
    /// <exception cref="IndexOutOfTableException">An index has no row.</exception>
    protected void CheckIndices(Tensor input, int count)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dtype != ScalarType.Int64)
        {
            throw new LayerTypeException(GetName(), ScalarType.Int64.ToString(), input.dtype.ToString());
        }

        if (input.numel() == 0)
        {
            throw new LayerShapeException(GetName(), "batch", "at least one index", $"({string.Join(", ", input.shape)})");
        }

        using var scope = NewDisposeScope();
        var outside = input.reshape(-1).lt(0).logical_or(input.reshape(-1).ge(count));
        if (outside.any().item<bool>())
        {
            var position = outside.to_type(ScalarType.Int32).argmax().item<long>();
            throw new IndexOutOfTableException(GetName(), position, input.reshape(-1)[position].item<long>(), count);
        }
    }

    /// <summary>An immutable managed copy of a table.</summary>
    /// <param name="weight">(count, dim).</param>
    protected FoldedEmbedding FoldEmbedding(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new FoldedEmbedding(GetName(), checked((int)weight.shape[0]), checked((int)weight.shape[1]), ToArray(weight));
    }

    /// <summary>TorchSharp's Embedding with a copy of the table.</summary>
    /// <param name="weight">(count, dim).</param>
    /// <param name="paddingIndex">The row that is not trained, or null.</param>
    protected Embedding MakeEmbedding(Tensor weight, long? paddingIndex)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, "weight");
        var embedding = nn.Embedding(weight.shape[0], weight.shape[1], paddingIndex, device: weight.device, dtype: weight.dtype);
        using var noGradient = no_grad();
        embedding.weight!.copy_(weight);
        return embedding;
    }

    /// <summary>A plain layer with a copy of the table, under this layer's name.</summary>
    /// <param name="weight">(count, dim).</param>
    protected PlainEmbedding MakePlainEmbedding(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, "weight");
        return new PlainEmbedding(GetName(), weight.detach().clone());
    }
}
