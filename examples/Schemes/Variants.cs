using LayerDsl.Examples.Comparison;
using LayerDsl.Examples.Schemes.Models;

namespace LayerDsl.Examples.Schemes;

/// <summary>Every scheme at every number of bits that is compared.</summary>
internal static class Variants
{
    public static IReadOnlyList<Variant> All { get; } =
    [
        Variant.Of("none", Variant.FullPrecision, () => new Full(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Uniform", 8, () => new Uniform8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Log2", 8, () => new Log28(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("LogSqrt2", 8, () => new LogSqrt28(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 8, () => new StatsQ8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 8, () => new Lsq8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("DoReFa", 8, () => new DoReFa8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp8E4M3", 8, () => new Fp8E4M38(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp8E5M2", 8, () => new Fp8E5M28(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Apot", 8, () => new ApotBits8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq, inputs too", 8, () => new Inputs8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform, inputs too", 8, () => new UniformInputs8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Lsq, inputs by Pact", 8, () => new PactInputs8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform", 4, () => new Uniform4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Log2", 4, () => new Log24(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("LogSqrt2", 4, () => new LogSqrt24(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 4, () => new StatsQ4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 4, () => new Lsq4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("DoReFa", 4, () => new DoReFa4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Nf4", 4, () => new Nf44(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp4E2M1", 4, () => new Fp4E2M14(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Fp4E3M0", 4, () => new Fp4E3M04(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Apot", 4, () => new Apot4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Binary", 4, () => new Binary4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq, inputs too", 4, () => new Inputs4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform, inputs too", 4, () => new UniformInputs4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Lsq, inputs by Pact", 4, () => new PactInputs4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform", 2, () => new Uniform2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Log2", 2, () => new Log22(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("LogSqrt2", 2, () => new LogSqrt22(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("StatsQ", 2, () => new StatsQ2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq", 2, () => new Lsq2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("DoReFa", 2, () => new DoReFa2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Binary", 2, () => new Binary2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Apot", 2, () => new ApotBits2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample)),
        Variant.Of("Lsq, inputs too", 2, () => new Inputs2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform, inputs too", 2, () => new UniformInputs2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Lsq, inputs by Pact", 2, () => new PactInputs2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
    ];
}
