using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Binary planes with scales (ShiftAddLLM: You et al. 2024, arXiv 2406.05981; binary coding: LUT-GEMM, Park et al. 2022, arXiv 2206.09557):
/// <c>W' = Σ_p α_p ⊙ b_p</c>, b_p = ±1. Signs and scales are fitted to the weights that share scales, by alternation from a greedy start, and are
/// one function of these in both forms. The gradient passes straight through to the weight. The code of a weight has bit p where b_p = 1.
/// </summary>
internal static class BinaryGrid
{
    /// <summary>More planes than this gain nothing that other schemes do not give for less.</summary>
    private const int MostPlanes = 4;

    public static Grid Grid { get; } = new(
        "Σ_p α_p ⊙ b_p, b_p = ±1, fitted to W", "You et al.: ShiftAddLLM, 2024, arXiv 2406.05981; Park et al.: LUT-GEMM, 2022, arXiv 2206.09557", 1, MostPlanes, Code);

    private static Coded Code(GridTarget target)
    {
        var p = new Index("p", PlaneFit.PlaneCount);
        var signs = new Tensor("signs", TensorRole.Buffer, [p, .. target.ScaleAxes, .. target.Over]);
        var alphas = new Tensor("alphas", TensorRole.Buffer, [p, .. target.ScaleAxes]);
        return new Coded(alphas.All, null, signs.All, (codes, scale, _) => Sum(p, scale * codes), 0, 1)
        {
            Fit = new PlaneFit(target.Weight, signs, alphas, target.Bits, target.Scales),
            Plane = p,
        };
    }
}
