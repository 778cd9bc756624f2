using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Vit.Models;

namespace LayerDsl.Examples.Vit;

/// <summary>What is compared.</summary>
internal static class Variants
{
    /// <summary>Every scheme at every number of bits, and queries and keys as one matrix at 2.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        Variant.Of("none", Variant.FullPrecision, () => new Full(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 8, () => new UniformBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Log2", 8, () => new Log2Bits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("LogSqrt2", 8, () => new LogSqrt2Bits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 8, () => new StatsQBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 8, () => new LsqBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("DoReFa", 8, () => new DoReFaBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Apot", 8, () => new ApotBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp8E4M3", 8, () => new Fp8E4M3Bits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp8E5M2", 8, () => new Fp8E5M2Bits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 4, () => new UniformBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Log2", 4, () => new Log2Bits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("LogSqrt2", 4, () => new LogSqrt2Bits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 4, () => new StatsQBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 4, () => new LsqBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("DoReFa", 4, () => new DoReFaBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Apot", 4, () => new ApotBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Binary", 4, () => new BinaryBits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Nf4", 4, () => new Nf4Bits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp4E2M1", 4, () => new Fp4E2M1Bits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp4E3M0", 4, () => new Fp4E3M0Bits4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 2, () => new UniformBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Log2", 2, () => new Log2Bits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("LogSqrt2", 2, () => new LogSqrt2Bits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 2, () => new StatsQBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 2, () => new LsqBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("DoReFa", 2, () => new DoReFaBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Apot", 2, () => new ApotBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Binary", 2, () => new BinaryBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ + QKReparam", 2, () => new StatsQKBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
    ];

    /// <summary>Two ways to 2 bits whose oscillation the paper of OFQ compares, and what lies between them.</summary>
    public static IEnumerable<Variant> Oscillating => All.Where(variant => variant is { Bits: 2, Scheme: "Lsq" or "StatsQ" or "StatsQ + QKReparam" });
}
