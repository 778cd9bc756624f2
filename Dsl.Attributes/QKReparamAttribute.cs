namespace LayerDsl;

/// <summary>
/// Query-key reparameterization (OFQ: Liu et al. 2023, arXiv 2302.02210) of an attention layer: the scores of head h are
/// <c>x W_qk xᵀ / √d</c> with <c>W_qk = W_qᵀ W_k</c>. Training stores W_q, b_q and W_k; the folded layer stores W_qk, dim² numbers
/// for each head, and with biases dim more, W_kᵀ b_q: softmax does not see the bias of keys. [Quantize] for queries or keys, which stands after it, rounds W_qk.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class QKReparamAttribute : Attribute;
