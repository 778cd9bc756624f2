namespace LayerDsl;

/// <summary>The grid that <see cref="QuantizeAttribute"/> rounds weights to, and for some schemes activations. n = 2^(bits - 1); s is the scale of the tensor, channel or group.</summary>
public enum Scheme
{
    /// <summary>Equal steps: <c>s · round(w / s)</c>, s = max|w| / (n - 1); with a zero point where not symmetric. One bit: <c>s · sign(w)</c>, s = mean|w|.</summary>
    Uniform,

    /// <summary>Powers of two with a sign: <c>±s · 2^-k</c>, k from 0 to n - 1, s = max|w|. No zero. 2 to 8 bits.</summary>
    Log2,

    /// <summary>Powers of √2 with a sign: <c>±s · 2^(-k/2)</c>, k from 0 to n - 1, s = max|w|. No zero. 2 to 8 bits (RepQ-ViT, RepQuant).</summary>
    LogSqrt2,

    /// <summary>Half steps: <c>s · (k + ½) / n</c>, k from -n to n - 1, s = 2 · mean|w| (OFQ: Liu et al. 2023, arXiv 2302.02210). No zero.</summary>
    StatsQ,

    /// <summary>Equal steps of a learned size: <c>s · round(clip(w / s, -n, n - 1))</c> (LSQ: Esser et al. 2020, arXiv 1902.08153). 2 to 8 bits.</summary>
    Lsq,

    /// <summary>Quantiles of the normal distribution, 16 levels, s = max|w| (NF4: Dettmers et al. 2023, arXiv 2305.14314). 4 bits.</summary>
    Nf4,

    /// <summary>Floating point with 2 exponent bits and 1 mantissa bit, s = max|w| / 6. 4 bits.</summary>
    Fp4E2M1,

    /// <summary>Floating point with 3 exponent bits: powers of two and zero, s = max|w| / 16. 4 bits.</summary>
    Fp4E3M0,

    /// <summary>Floating point with 4 exponent and 3 mantissa bits, s = max|w| / 448. 8 bits.</summary>
    Fp8E4M3,

    /// <summary>Floating point with 5 exponent and 2 mantissa bits, s = max|w| / 57344. 8 bits.</summary>
    Fp8E5M2,

    /// <summary>
    /// Sums of powers of two with a sign, s = α·σ(w), α learned from 3 (APoT: Li et al. 2020, arXiv 1909.13144). 2 to 8 bits.
    /// </summary>
    Apot,

    /// <summary>
    /// Binary planes: <c>Σ_p α_p · b_p</c>, b_p = ±1, a plane for each bit, fitted to the weights that share scales
    /// (ShiftAddLLM: You et al. 2024, arXiv 2406.05981). <see cref="QuantizeAttribute.Scales"/> says what α may be. 1 to 4 bits.
    /// </summary>
    Binary,

    /// <summary>
    /// Weights normalized by tanh: <c>2·round(L·(t / (2·max|t|) + ½)) / L - 1</c>, t = tanh w, L = 2^bits - 1; one bit: as Uniform. Of activations
    /// <c>round(L·clip(x, 0, 1)) / L</c> (DoReFa-Net: Zhou et al. 2016, arXiv 1606.06160).
    /// </summary>
    DoReFa,

    /// <summary>Activations only: <c>round(clip(x, 0, α)·L / α)·α / L</c> with a learned α, L = 2^bits - 1 (PACT: Choi et al. 2018, arXiv 1805.06085).</summary>
    Pact,
}
