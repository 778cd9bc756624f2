namespace LayerDsl;

/// <summary>How a low-rank adapter starts. Neither changes the layer's output at initialization.</summary>
public enum LowRankInit
{
    /// <summary>A Kaiming-uniform(√5), B zero.</summary>
    Lora,

    /// <summary>
    /// B A is the best rank-r approximation of W by singular value decomposition, and W keeps the residual
    /// (PiSSA: Meng et al. 2024, arXiv 2404.02948).
    /// </summary>
    PiSSA,
}
