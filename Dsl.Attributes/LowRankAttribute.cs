namespace LayerDsl;

/// <summary>
/// Low-rank adaptation (LoRA: Hu et al. 2021, arXiv 2106.09685): the effective weight is <c>W + s · B A</c> with A of shape
/// (rank, in), B of shape (out, rank) and s = α / rank.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Constructor, AllowMultiple = true, Inherited = false)]
public sealed class LowRankAttribute : Attribute
{
    /// <summary>Declares an adapter.</summary>
    /// <param name="rank">The rank of the update; from 1 to min(in, out).</param>
    public LowRankAttribute(int rank) => Rank = rank;

    /// <summary>The rank of the update.</summary>
    public int Rank { get; }

    /// <summary>α in s = α / rank. Default NaN: α = rank, so that s = 1 (√rank under <see cref="RankStabilized"/>).</summary>
    public double Alpha { get; set; } = double.NaN;

    /// <summary>How A, B and W start. Default <see cref="LowRankInit.Lora"/>.</summary>
    public LowRankInit Init { get; set; } = LowRankInit.Lora;

    /// <summary>Uses s = α / √rank (rsLoRA: Kalajdzievski 2023, arXiv 2312.03732). Default false.</summary>
    public bool RankStabilized { get; set; }

    /// <summary>Whether the weight under the adapter is frozen, as in fine-tuning. Default false.</summary>
    public bool Freeze { get; set; }

    /// <summary>The projections of an attention layer that it acts on. Default <see cref="Part.All"/>.</summary>
    public Part On { get; set; } = Part.All;
}
