using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Attention;

/// <summary>Attention once more with TorchSharp's own operations, differentiated by its own tape.</summary>
internal static class AttentionReference
{
    /// <param name="weights">The effective weight and bias of each projection, <c>query.weight</c> and so on.</param>
    public static Tensor Forward(IReadOnlyDictionary<string, Tensor> weights, Tensor x, int heads, int kvHeads, bool causal)
    {
        Tensor Project(string part, int count) => nn.functional.linear(x, weights[part + ".weight"], weights.GetValueOrDefault(part + ".bias"))
            .reshape(x.shape[0], x.shape[1], count, -1).transpose(1, 2);
        var q = Project("query", heads);
        var k = Project("key", kvHeads).repeat_interleave(heads / kvHeads, 1);
        var v = Project("value", kvHeads).repeat_interleave(heads / kvHeads, 1);
        var joined = nn.functional.scaled_dot_product_attention(q, k, v, is_casual: causal).transpose(1, 2).reshape(x.shape);
        return nn.functional.linear(joined, weights["output.weight"], weights.GetValueOrDefault("output.bias"));
    }
}
