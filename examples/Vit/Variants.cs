using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Vit.Models;

namespace LayerDsl.Examples.Vit;

/// <summary>What is compared.</summary>
internal static class Variants
{
    /// <summary>Even and learned steps at every number of bits, and the two schemes of OFQ at 2.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        Variant.Of("none", Variant.FullPrecision, () => new Full(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 8, () => new UniformBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 8, () => new LsqBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 4, () => new UniformBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 4, () => new LsqBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 2, () => new UniformBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 2, () => new StatsQBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 2, () => new LsqBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ + QKReparam", 2, () => new StatsQKBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    ];

    /// <summary>Two ways to 2 bits whose oscillation the paper of OFQ compares, and what lies between them.</summary>
    public static IEnumerable<Variant> Oscillating => All.Where(variant => variant is { Bits: 2, Scheme: "Lsq" or "StatsQ" or "StatsQ + QKReparam" });
}
