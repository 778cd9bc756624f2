using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams.Quantization;

/// <summary>
/// Additive powers of two (APoT: Li, Dong, Wang 2020, arXiv 1909.13144): <c>s · p(clip(w / s, -1, 1))</c>, p the nearest sum of a few powers of two, the
/// largest sum being 1. s = α·σ: weights are standardized first, and clipped at a learned α that starts at 3. Through p the gradient passes straight, so
/// ∂/∂w is 1 inside the range and 0 outside, ∂/∂α is σ·(p(w / s) - w / s) inside and ±σ outside; σ carries none. Where the paper subtracts the mean of the
/// weights, σ is taken about 0 instead: the weight keeps its mean, and a row of equal weights is not divided by 0.
/// The code is the number of the magnitude, ascending, and 2^(b-1) more for a negative weight.
/// </summary>
internal static class ApotGrid
{
    private const double LeastClip = 1e-8;

    public static Grid Grid { get; } = new(
        "s · nearest sum of powers of two to clip(W / s, -1, 1), s = α·σ(W)", "Li et al.: Additive Powers-of-Two Quantization, 2020, arXiv 1909.13144", 2, 8, Code);

    /// <summary>
    /// The magnitudes of m bits: sums of ⌊m/2⌋ terms of two bits, each 0 or one of three powers, and for an odd m of one term of one bit. The powers
    /// ½, ¼, … are dealt to the terms in turn, two rounds, then the odd one, then a third round: every sum is another number.
    /// </summary>
    public static Codebook Magnitudes(int bits)
    {
        var terms = Enumerable.Range(0, bits / 2).Select(_ => new List<Rational> { 0 }).ToArray();
        var odd = bits % 2 == 0 ? [] : new[] { new List<Rational> { 0 } };
        Rational power = 1;
        foreach (var term in terms.Concat(terms).Concat(odd).Concat(terms))
        {
            power /= 2;
            term.Add(power);
        }

        IEnumerable<Rational> sums = [0];
        sums = terms.Concat(odd).Aggregate(sums, (all, term) => all.SelectMany(sum => term.Select(part => sum + part)));
        var ordered = sums.OrderBy(sum => sum).ToArray();
        return new Codebook("APoT" + (bits + 1), ordered.Select(sum => sum / ordered[ordered.Length - 1]).ToEquatableArray(), Ties.Lower);
    }

    private static Coded Code(GridTarget target)
    {
        var levels = new SignedLevels(target.Bits, Magnitudes(target.Bits - 1));
        var clip = new Tensor("alpha", TensorRole.Trainable, target.ScaleAxes);
        var largest = Name("largest", target.Largest(Abs(target.Weight)));

        // Divided by the largest first: squares would leave the range of floats.
        var deviation = Name("deviation", StopGradient(largest * Sqrt(target.MeanOf(Square(target.Weight / GridTarget.NotZero(largest))))));
        var scale = Name("scale", new Surrogate("clip at the least", Max(clip.All, Number(LeastClip)), clip.All) * deviation);
        var clipped = Name("clipped", Clamp(target.Weight / GridTarget.NotZero(scale), -1, 1));
        var codes = Name("codes", levels.Code(clipped));
        return new Coded(scale, null, codes, (code, s, _) => levels.Decode(code, s), 0, levels.Highest)
        {
            Training = scale * StraightThrough(levels.Decode(codes, 1), clipped),
            Stored = [new StoredTensor(clip, "where weights are clipped, in standard deviations, learned")],
            Initialization = [new InitStep.Store(clip, 3)],
        };
    }
}
