using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What generated attention layers share.</content>
public abstract partial class Layer
{
    /// <summary>Refuses an input that is no sequence of tokens of the right width, before anything is computed.</summary>
    /// <param name="input">The input, (…, tokens, dim).</param>
    /// <param name="dim">Values per token.</param>
    protected void CheckTokens(Tensor input, long dim)
    {
        ArgumentNullException.ThrowIfNull(input);
        var shape = input.shape;
        if (shape.Length < 2 || shape[^1] != dim)
        {
            throw new LayerShapeException(GetName(), "input", $"(…, tokens, {dim})", $"({string.Join(", ", shape)})");
        }

        if (input.numel() == 0)
        {
            throw new LayerShapeException(GetName(), "batch", "at least one token", $"({string.Join(", ", shape)})");
        }
    }

    /// <summary>What a causal layer adds to its scores, (tokens, tokens): 0 for the tokens up to one's own, -∞ for those after it.</summary>
    /// <param name="x">The input, (n, tokens, dim).</param>
    protected static Tensor CausalMask(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        return full([x.shape[1], x.shape[1]], double.NegativeInfinity, x.dtype, x.device).triu(1).MoveToOuterDisposeScope();
    }

    /// <summary>(…, dim) → (…, dim + 1): to merged queries and keys, the 1 is what the bias of the queries is multiplied with.</summary>
    /// <param name="x">The tokens.</param>
    protected static Tensor FollowedByOne(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return nn.functional.pad(x, [0, 1], value: 1);
    }

    /// <summary>Checks a stacked weight before anything is changed, and splits it.</summary>
    /// <param name="geometry">The layer's sizes.</param>
    /// <param name="weight">The rows of queries, keys, values and output below each other: (2 dim + 2 heads of keys · head size, dim).</param>
    /// <param name="bias">As many numbers, or null.</param>
    /// <param name="hasBias">Whether the layer has biases; of merged queries and keys, softmax does not see that of the keys.</param>
    protected AttentionWeights SplitProjections(AttentionGeometry geometry, Tensor weight, Tensor? bias, bool hasBias)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        long[] rows = [geometry.Dim, geometry.ValueSize, geometry.ValueSize, geometry.Dim];
        CheckWeight(weight, bias, [rows.Sum(), geometry.Dim], hasBias);
        return new AttentionWeights(weight.detach().split(rows, 0), bias?.detach().split(rows, 0) ?? []);
    }

    /// <summary>The certificate of a layer of several parts: costs added up.</summary>
    /// <param name="formula">The formula between the parts.</param>
    /// <param name="paper">Where it is from.</param>
    /// <param name="trainingForm">What training evaluates.</param>
    /// <param name="inferenceForm">What the folded layer evaluates.</param>
    /// <param name="verdict">What was proved of it.</param>
    /// <param name="laws">With which laws.</param>
    /// <param name="flops">Operations of the formula itself.</param>
    /// <param name="parts">The parts.</param>
    protected LayerCertificate JoinCertificates(
        string formula, string paper, string trainingForm, string inferenceForm, string verdict, EquatableList<string> laws, long flops, params Layer[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var own = parts.Select(part => part.GetCertificate()).ToArray();
        return new LayerCertificate(
            GetName(),
            formula,
            paper,
            trainingForm,
            inferenceForm,
            string.Join("; ", own.Select(part => part.Verdict).Distinct().Where(other => !other.StartsWith("proved", StringComparison.Ordinal)).Prepend(verdict)),
            laws,
            EquatableList.Create<string>([.. own.SelectMany(part => part.SideConditions).Distinct()]),
            own.Sum(part => part.Parameters),
            own.Sum(part => part.FoldedParameters),
            own.Sum(part => part.TrainingFlops) + flops,
            own.Sum(part => part.InferenceFlops) + flops,
            own.Sum(part => part.StoredBytes),
            own.Sum(part => part.FoldedBytes),
            own.Max(part => part.RoundingFactor));
    }
}
