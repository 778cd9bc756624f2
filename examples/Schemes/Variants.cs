using LayerDsl.Examples.Schemes.Models;
using static TorchSharp.torch;

namespace LayerDsl.Examples.Schemes;

/// <summary>A quantized model to train.</summary>
/// <param name="Scheme">The scheme of its weights.</param>
/// <param name="Bits">The bits of its weights.</param>
/// <param name="New">Makes it.</param>
/// <param name="Fold">Folds it.</param>
/// <param name="Verify">Compares it with its folded form on a sample.</param>
/// <param name="AreInputsRounded">Whether inputs of layers are rounded too.</param>
internal sealed record Variant(
    string Scheme,
    int Bits,
    Func<nn.Module<Tensor, Tensor>> New,
    Func<nn.Module<Tensor, Tensor>, FoldedModel> Fold,
    Func<nn.Module<Tensor, Tensor>, Tensor, FoldReport> Verify,
    bool AreInputsRounded)
{
    public static Variant Of<TModel>(string scheme, int bits, Func<TModel> create, Func<TModel, FoldedModel> fold, Func<TModel, Tensor, FoldReport> verify, bool areInputsRounded)
        where TModel : nn.Module<Tensor, Tensor> =>
        new(scheme, bits, create, model => fold((TModel)model), (model, sample) => verify((TModel)model, sample), areInputsRounded);
}

/// <summary>Every scheme at every number of bits that is compared.</summary>
internal static class Variants
{
    public static IReadOnlyList<Variant> All { get; } =
    [
        Variant.Of("Uniform", 8, () => new Uniform8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Log2", 8, () => new Log28(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("LogSqrt2", 8, () => new LogSqrt28(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("StatsQ", 8, () => new StatsQ8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Lsq", 8, () => new Lsq8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("DoReFa", 8, () => new DoReFa8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Fp8E4M3", 8, () => new Fp8E4M38(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Fp8E5M2", 8, () => new Fp8E5M28(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Lsq, inputs too", 8, () => new Inputs8(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform", 4, () => new Uniform4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Log2", 4, () => new Log24(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("LogSqrt2", 4, () => new LogSqrt24(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("StatsQ", 4, () => new StatsQ4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Lsq", 4, () => new Lsq4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("DoReFa", 4, () => new DoReFa4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Nf4", 4, () => new Nf44(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Fp4E2M1", 4, () => new Fp4E2M14(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Fp4E3M0", 4, () => new Fp4E3M04(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Apot", 4, () => new Apot4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Binary", 4, () => new Binary4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Lsq, inputs too", 4, () => new Inputs4(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
        Variant.Of("Uniform", 2, () => new Uniform2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Log2", 2, () => new Log22(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("LogSqrt2", 2, () => new LogSqrt22(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("StatsQ", 2, () => new StatsQ2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Lsq", 2, () => new Lsq2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("DoReFa", 2, () => new DoReFa2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Binary", 2, () => new Binary2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: false),
        Variant.Of("Lsq, inputs too", 2, () => new Inputs2(), model => model.Fold(), (model, sample) => model.VerifyFold(sample), areInputsRounded: true),
    ];
}
