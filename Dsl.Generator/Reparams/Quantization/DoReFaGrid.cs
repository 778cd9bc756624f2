using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Weights normalized by tanh (DoReFa-Net: Zhou et al. 2016, arXiv 1606.06160): t = tanh w, u = t / (2·max|t|) + ½ in [0, 1], L = 2^b - 1,
/// <c>w' = 2·round(L·u) / L - 1</c>. The gradient passes straight through the rounding only: tanh and the maximum are differentiated.
/// With one bit it is the sign with the mean magnitude. There is no zero; the scale of weights that are all zero is 0, so that they stay zero.
/// </summary>
internal static class DoReFaGrid
{
    public static Grid Grid { get; } = new("2·round(L·(tanh W / (2·max|tanh W|) + ½)) / L - 1", "Zhou et al.: DoReFa-Net, 2016, arXiv 1606.06160", 1, 8, Code);

    private static Coded Code(GridTarget target) => target.Bits == 1 ? UniformGrid.Grid.Code(target with { Symmetric = true }) : Levels(target);

    private static Coded Levels(GridTarget target)
    {
        var levels = (2 * target.Half) - 1;
        var largest = Name("largest_squashed", Tanh(target.Largest(Abs(target.Weight)))); // tanh rises: the maximum comes first.
        var scale = Name("scale", Greater(largest, 0) / levels);
        var unit = Name("unit", (Tanh(target.Weight) / (2 * GridTarget.NotZero(largest))) + new Rational(1, 2));
        var codes = Name("codes", Round(levels * unit));
        return new Coded(scale, null, codes, (code, s, _) => s * ((2 * code) - levels), 0, levels)
        {
            Training = scale * ((2 * StraightThrough(codes, levels * unit)) - levels),
        };
    }
}
