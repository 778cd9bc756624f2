namespace LayerDsl.Tests.Generator;

/// <summary>A method as it stands in a pair, and what it makes of the weight on its left.</summary>
/// <param name="Attribute">The attribute's text.</param>
/// <param name="Short">Its name in tables.</param>
/// <param name="Weight">The weight as a formula of the one before.</param>
internal sealed record PairedMethod(string Attribute, string Short, Func<string, string> Weight)
{
    /// <summary>Whether it differs from another one in levels, in when masks move, or in how inputs are rounded only.</summary>
    public bool IsVariant { get; init; }
}

/// <summary>A kind of layer whose pairs are tried.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Attribute">The attribute's text.</param>
/// <param name="Model">The model's attribute.</param>
/// <param name="Rest">What follows the layer in the model: another layer, so that its width may change.</param>
/// <param name="Forward">The body of <c>forward</c>.</param>
/// <param name="Sample">The shape of a batch.</param>
internal sealed record PairedKind(string Name, string Attribute, string Model, string Rest, string Forward, long[] Sample)
{
    /// <summary>The methods whose pairs are tried.</summary>
    public IReadOnlyList<PairedMethod> Methods { get; init; } = CompositionPairs.Methods;

    /// <summary>Every ordered pair.</summary>
    public IReadOnlyList<Pair> Pairs => [.. Methods.SelectMany(first => Methods.Select(second => (first, second))).Select((pair, number) => new Pair(number, pair.first, pair.second))];
}

/// <summary>One layer with two methods, in a model of its own on a line of its own.</summary>
internal sealed record Pair(int Number, PairedMethod First, PairedMethod Second)
{
    public string Model => "Model" + Number;

    public string Text(PairedKind kind) =>
        $"[LayerModel({kind.Model})] public sealed partial class {Model} : nn.Module<Tensor, Tensor> {{ [{kind.Attribute}, {First.Attribute}, {Second.Attribute}] public partial Layer Subject {{ get; }} {kind.Rest} public override Tensor forward(Tensor x) => {kind.Forward}; }}\n";
}

/// <summary>Every ordered pair of methods on every kind of layer that takes methods.</summary>
internal static class CompositionPairs
{
    public static IReadOnlyList<PairedMethod> Methods { get; } =
    [
        new("Compander", "Compander", weight => $"Ψ({weight})"),
        new("Compander(Curve = Curve.MuLaw)", "Compander MuLaw", weight => $"Ψ({weight})"),
        new("LowRank(2)", "LowRank", weight => $"{weight} + s·BA"),
        new("LowRank(2, Init = LowRankInit.PiSSA)", "LowRank PiSSA", weight => $"{weight} + s·BA"),
        Quantize("", "Uniform 8"),
        Quantize("Bits = 4, Symmetric = false, Granularity = Granularity.Tensor", "Uniform 4 with zero point"),
        Quantize("Bits = 4, Granularity = Granularity.Group, GroupSize = 4", "Uniform 4 in groups"),
        Quantize("Bits = 4, Rounding = Rounding.Stochastic", "Uniform 4 stochastic") with { IsVariant = true },
        Quantize("Bits = 1", "Uniform 1") with { IsVariant = true },
        Quantize("Bits = 4, Scheme = Scheme.Log2", "Log2 4"),
        Quantize("Bits = 4, Scheme = Scheme.LogSqrt2", "LogSqrt2 4"),
        Quantize("Bits = 2, Scheme = Scheme.StatsQ", "StatsQ 2"),
        Quantize("Bits = 4, Scheme = Scheme.Lsq", "Lsq 4"),
        Quantize("Bits = 4, Scheme = Scheme.DoReFa", "DoReFa 4"),
        Quantize("Bits = 4, Scheme = Scheme.Nf4", "Nf4"),
        Quantize("Bits = 4, Scheme = Scheme.Fp4E2M1", "Fp4E2M1"),
        Quantize("Bits = 4, Scheme = Scheme.Fp4E3M0", "Fp4E3M0") with { IsVariant = true },
        Quantize("Scheme = Scheme.Fp8E4M3", "Fp8E4M3"),
        Quantize("Scheme = Scheme.Fp8E5M2", "Fp8E5M2") with { IsVariant = true },
        Quantize("Bits = 4, Scheme = Scheme.Apot", "Apot 4"),
        Quantize("Bits = 2, Scheme = Scheme.Binary", "Binary 2"),
        Quantize("Activations = true", "Uniform 8, input Uniform 8"),
        Quantize("Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationScheme = Scheme.Lsq", "Log2 4, input Lsq 8"),
        Quantize("Bits = 4, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact", "Uniform 4, input Pact 4") with { IsVariant = true },
        new("SparseIso(0.5)", "SparseIso Wide", weight => $"M ⊙ ({weight})"),
        new("SparseIso(0.5, Mask = MaskSchedule.Set)", "SparseIso Wide by SET", weight => $"M ⊙ ({weight})") { IsVariant = true },
        new("SparseIso(0.5, Mask = MaskSchedule.RigL)", "SparseIso Wide by RigL", weight => $"M ⊙ ({weight})") { IsVariant = true },
        new("SparseIso(0.5, Kind = SparseKind.Parallel)", "SparseIso Parallel", _ => "Σ_n M_n ⊙ W_n"),
        new("SparseIso(0.5, Kind = SparseKind.Factorized)", "SparseIso Factorized", _ => "(M_V ⊙ V)(M_U ⊙ U)"),
        new("SparseIso(0.5, Kind = SparseKind.Doped)", "SparseIso Doped", weight => $"M ⊙ ({weight}) + VU"),
        new("QKReparam", "QKReparam", weight => $"{weight}; of queries and keys W_qk = W_qᵀ W_k"),
    ];

    public static IReadOnlyList<PairedKind> Kinds { get; } =
    [
        new("Linear", "Linear(16, 12)", "", "[Linear(12, 5)] public partial Layer Head { get; }", "Head.forward(nn.functional.relu(Subject.forward(x)))", [3, 16]),
        new("Conv2d", "Conv2d(4, 12, 3, Padding = 1)", "4, 5, 5", "[Conv2d(12, 5, 3)] public partial Layer Head { get; }", "Head.forward(nn.functional.relu(Subject.forward(x)))", [3, 4, 5, 5]),

        // A projection is a linear layer: what has been walked there with other levels and other masks is left out here.
        new("Attention", "Attention(16, 4)", "3, 16", "", "Subject.forward(x)", [3, 3, 16]) { Methods = [.. Methods.Where(method => !method.IsVariant)] },

        // Heads that share keys have projections of other sizes, and no QKReparam; what methods do to a projection is the same.
        new("Attention with grouped heads", "Attention(16, 4, KvHeads = 2)", "3, 16", "", "Subject.forward(x)", [3, 3, 16])
        {
            Methods = [.. Methods.Where(method => method.Short is "Compander" or "LowRank" or "Uniform 8" or "Uniform 4 in groups" or "StatsQ 2" or "Binary 2" or "SparseIso Wide" or "SparseIso Doped" or "QKReparam")],
        },
    ];

    /// <summary>Kinds that have no weight matrix, or read single rows of it.</summary>
    public static IReadOnlyList<PairedKind> KindsWithoutMethods { get; } =
    [
        new("BatchNorm1d", "BatchNorm1d(4)", "", "", "Subject.forward(x)", [3, 4]),
        new("BatchNorm2d", "BatchNorm2d(4)", "4, 5, 5", "", "Subject.forward(x)", [3, 4, 5, 5]),
        new("LayerNorm", "LayerNorm(4)", "", "", "Subject.forward(x)", [3, 4]),
        new("RmsNorm", "RmsNorm(4)", "", "", "Subject.forward(x)", [3, 4]),
        new("Embedding", "Embedding(9, 4)", "3", "", "Subject.forward(x)", [3, 3]),
    ];

    private static PairedMethod Quantize(string options, string name) =>
        new(options.Length == 0 ? "Quantize" : $"Quantize({options})", name, weight => $"Q({weight})");
}
