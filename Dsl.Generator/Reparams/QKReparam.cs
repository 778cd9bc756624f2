using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;

namespace LayerDsl.Generator.Reparams;

/// <summary>
/// Query-key reparameterization (OFQ: Liu et al. 2023, arXiv 2302.02210): <c>W_qk[h,i,j] = Σ_e W_q[h,e,i] · W_k[h,e,j]</c>, so that
/// <c>(x W_qᵀ)(x W_kᵀ)ᵀ = x W_qk xᵀ</c>. Later methods see one weight, the stack (heads · dim, dim); it needs both projections to be linear, and of as many
/// heads: <c>W_k</c> shared by a group of heads would be stored once for each of them. Of biases, <c>(x_t W_qᵀ + b_q)·b_k</c> is the same for all keys, and
/// softmax does not see it; <c>x_s W_kᵀ b_q</c> stays, as a row <c>W_kᵀ b_q</c> more in each head of the stack.
/// </summary>
internal static class QKReparam
{
    public static Method Method { get; } = new("QKReparam", (_, _) => [], Apply, BaseName: _ => null, Freezes: _ => false);

    public static bool Is(AttributeSpec method) => method.Name == Method.Attribute;

    /// <summary>What an attention layer must be for its queries and keys to share a weight.</summary>
    public static IEnumerable<DiagnosticInfo> Check(LayerSpec layer)
    {
        if (layer.Methods.FirstOrDefault(Is) is not { } own)
        {
            yield break;
        }

        var (heads, kvHeads) = (layer.Kind.Int("heads"), AttentionLayer.KvHeads(layer.Kind));
        if (heads != kvHeads)
        {
            yield return Refuse(own, $"heads = {heads} and KvHeads = {kvHeads} share keys between heads, but W_qk of each head holds keys of its own", "leave KvHeads out, or QKReparam");
            yield break;
        }

        if ((long)heads * (layer.Kind.Int("dim") + 1L) * layer.Kind.Int("dim") > int.MaxValue)
        {
            yield return Refuse(own, "W_qk of all heads has more numbers than the 2147483647 that fit into one array", "leave QKReparam out");
        }

        foreach (var method in layer.Methods.Where(method => !Is(method) && AttentionParts.On(method).Any(part => part is "Query" or "Key")))
        {
            var on = AttentionParts.On(method);
            if (method.Name != Quantize.Method.Attribute)
            {
                yield return Refuse(own, $"{method.Name} acts on Query or Key, which are factors of W_qk here and have no weights of their own", $"write {method.Name}(On = Part.Value | Part.Output), or leave QKReparam out");
            }
            else if (!(on.Contains("Query") && on.Contains("Key")))
            {
                yield return Refuse(own, "Quantize acts on one of Query and Key, which share the weight W_qk", "write On = Part.Query | Part.Key");
            }
            else if (layer.Methods.ToList().IndexOf(method) < layer.Methods.ToList().IndexOf(own))
            {
                yield return Refuse(own, "Quantize for Query and Key stands before it, and would round the factors of W_qk", "write QKReparam first, so that W_qk is rounded");
            }
            else if (method.Flag("Activations"))
            {
                yield return Refuse(own, "Quantize(Activations = true) rounds the input of the keys, but the scores read it also unrounded as queries", "leave Activations out for Query and Key");
            }
        }
    }

    private static EffectiveWeight Apply(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape) =>
        (weight with { Factors = FactorsOf(shape) }).With(
            [],
            [],
            new MethodNote("QKReparam", "weight = W_qk, W_qk[h,i,j] = Σ_e query[h,e,i]·key[h,e,j], rows (h,i)" + (FactorsOf(shape).QueryBias ? ", the last column of query its bias" : string.Empty), "Liu et al.: Oscillation-free Quantization, 2023, arXiv 2302.02210"),
            FactorsOf(shape).Sizes);

    private static HeadFactors FactorsOf(WeightShape shape) => HeadFactors.Of(shape.Rows, shape.Columns);

    private static DiagnosticInfo Refuse(AttributeSpec method, string reason, string remedy) => DiagnosticInfo.At(method.Place, AttentionDiagnostics.NoQKReparam, reason, remedy);
}
