using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch.Sparse;

[Linear(8, 6), SparseIso(0.5, Kind = SparseKind.Doped)]
public sealed partial class DopedLayer;

[Linear(8, 6), SparseIso(0.75, Kind = SparseKind.Parallel)]
public sealed partial class ParallelLayer;

[Linear(8, 6), SparseIso(0.5, Kind = SparseKind.Factorized)]
public sealed partial class FactorizedLayer;

[Linear(8, 6), SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)]
public sealed partial class RigLDopedLayer;

[Linear(8, 6), SparseIso(0.75, Kind = SparseKind.Parallel, Mask = MaskSchedule.RigL)]
public sealed partial class RigLParallelLayer;

[Linear(8, 6), SparseIso(0.5, Kind = SparseKind.Factorized, Mask = MaskSchedule.RigL)]
public sealed partial class RigLFactorizedLayer;

[Linear(8, 6), Compander, SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)]
public sealed partial class DopedCompandedLayer;

[Linear(8, 6), SparseIso(0.75, Kind = SparseKind.Parallel, Mask = MaskSchedule.RigL), Compander]
public sealed partial class CompandedParallelLayer;

[Linear(8, 6), SparseIso(0.5, Kind = SparseKind.Factorized), Compander(A = 3)]
public sealed partial class CompandedFactorizedLayer;

[Linear(8, 6), LowRank(2, Alpha = 3), SparseIso(0.5, Kind = SparseKind.Doped)]
public sealed partial class MaskedSumLayer;

[Linear(8, 6), SparseIso(0.75, Kind = SparseKind.Parallel), LowRank(2, Freeze = true)]
public sealed partial class AdaptedParallelLayer;

[Linear(8, 6), SparseIso(0.5, Kind = SparseKind.Factorized), LowRank(2)]
public sealed partial class AdaptedFactorizedLayer;

[Linear(8, 6), SparseIso(0, Kind = SparseKind.Parallel)]
public sealed partial class DenseParallelLayer;

[Linear(8, 6), SparseIso(0.99, Kind = SparseKind.Doped)]
public sealed partial class NearlyEmptyLayer;

#pragma warning disable LDSL115 // The smallest weight saves nothing for a low-rank term.
[Linear(1, 1), SparseIso(0.5, Kind = SparseKind.Doped)]
public sealed partial class OneByOneSparseLayer;
#pragma warning restore LDSL115

[Linear(40, 30, Bias = false), SparseIso(0.9, Kind = SparseKind.Parallel)]
public sealed partial class TenBranchesLayer;

/// <summary>A layer's formula once more, written with TorchSharp's own operations.</summary>
internal static class SparseReferences
{
    public static IReadOnlyDictionary<string, Func<Layer>> Layers { get; } = new Dictionary<string, Func<Layer>>
    {
        ["doped"] = () => new DopedLayer(),
        ["parallel"] = () => new ParallelLayer(),
        ["factorized"] = () => new FactorizedLayer(),
        ["RigL doped"] = () => new RigLDopedLayer(),
        ["RigL parallel"] = () => new RigLParallelLayer(),
        ["RigL factorized"] = () => new RigLFactorizedLayer(),
        ["doped, companded"] = () => new DopedCompandedLayer(),
        ["compander of parallel"] = () => new CompandedParallelLayer(),
        ["compander of factors"] = () => new CompandedFactorizedLayer(),
        ["mask over a sum"] = () => new MaskedSumLayer(),
        ["parallel with an adapter"] = () => new AdaptedParallelLayer(),
        ["factors with an adapter"] = () => new AdaptedFactorizedLayer(),
        ["parallel without sparsity"] = () => new DenseParallelLayer(),
        ["nearly empty"] = () => new NearlyEmptyLayer(),
        ["one by one"] = () => new OneByOneSparseLayer(),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    /// <summary>The weight; <paramref name="masked"/> makes M ⊙ W of a mask's name and a weight.</summary>
    public static Tensor Weight(string name, IReadOnlyDictionary<string, Tensor> p, Func<string, Tensor, Tensor> masked) => name switch
    {
        "doped" or "RigL doped" => masked("mask", p["weight"]) + p["doped_V"].mm(p["doped_U"]),
        "doped, companded" => masked("mask", Arctan(p, p["v"])) + p["doped_V"].mm(p["doped_U"]),
        "mask over a sum" => masked("mask", p["weight"] + (1.5 * p["lora_B"].mm(p["lora_A"]))) + p["doped_V"].mm(p["doped_U"]),
        "nearly empty" => masked("mask", p["weight"]) + p["doped_V"].mm(p["doped_U"]),
        "one by one" => masked("mask", p["weight"]),
        "parallel" or "RigL parallel" or "parallel without sparsity" => masked("mask", p["branch_weights"]).sum(dim: 0),
        "parallel with an adapter" => masked("mask", p["branch_weights"]).sum(dim: 0) + p["lora_B"].mm(p["lora_A"]),
        "compander of parallel" => Arctan(p, masked("mask", p["branch_weights"]).sum(dim: 0)),
        "factorized" or "RigL factorized" => Product(p, masked),
        "factors with an adapter" => Product(p, masked) + p["lora_B"].mm(p["lora_A"]),
        "compander of factors" => Arctan(p, Product(p, masked)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no reference"),
    };

    public static Tensor Forward(string name, IReadOnlyDictionary<string, Tensor> p, Tensor x, Func<string, Tensor, Tensor> masked) =>
        nn.functional.linear(x, Weight(name, p, masked), p["bias"]);

    public static int InputsOf(string name) => name == "one by one" ? 1 : 8;

    /// <summary>Moves every parameter off its starting point, masked places too: what a mask hides must not matter.</summary>
    public static void Disturb(Layer layer, int seed)
    {
        manual_seed(seed);
        using var noGradient = no_grad();
        foreach (var parameter in layer.parameters())
        {
            parameter.add_(randn_like(parameter) * 0.3);
        }
    }

    private static Tensor Product(IReadOnlyDictionary<string, Tensor> p, Func<string, Tensor, Tensor> masked) =>
        masked("mask_V", p["factor_V"]).mm(masked("mask_U", p["factor_U"]));

    private static Tensor Arctan(IReadOnlyDictionary<string, Tensor> p, Tensor w) => p["log_a"].exp() * (w / p["log_b"].exp()).atan();
}
