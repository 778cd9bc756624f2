using static TorchSharp.torch;

namespace LayerDsl.Tests.Torch;

/// <summary>The formulas once more, written with TorchSharp's own operations and differentiated by its own tape.</summary>
internal static class References
{
    public static IReadOnlyDictionary<string, Func<Layer>> Layers { get; } = new Dictionary<string, Func<Layer>>
    {
        ["plain"] = () => new PlainLayer(),
        ["no bias"] = () => new NoBiasLayer(),
        ["arctan"] = () => new ArctanLayer(),
        ["tanh"] = () => new TanhLayer(),
        ["softsign"] = () => new SoftsignLayer(),
        ["mu-law"] = () => new MuLawLayer(),
        ["fixed mu-law"] = () => new FixedMuLawLayer(),
        ["lora"] = () => new LoraLayer(),
        ["pissa"] = () => new PissaLayer(),
        ["frozen"] = () => new FrozenLayer(),
        ["compander of a sum"] = () => new CompandedSumLayer(),
        ["sum with a compander"] = () => new SumOfCompandedLayer(),
        ["one by one"] = () => new OneByOneLayer(),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    /// <summary>The effective weight of a layer from its stored tensors.</summary>
    public static Tensor Weight(string name, IReadOnlyDictionary<string, Tensor> p) => name switch
    {
        "plain" or "no bias" => p["weight"],
        "arctan" => p["log_a"].exp() * (p["v"] / p["log_b"].exp()).atan(),
        "tanh" => p["log_a"].exp() * (p["v"] / p["log_b"].exp()).tanh(),
        "softsign" => p["v"] / 0.5 / (1 + (p["v"] / 0.5).abs()),
        "mu-law" => MuLaw(p),
        "fixed mu-law" => p["v"].sign() * log1p(2 * p["v"].abs()) / Math.Log(3),
        "lora" => p["weight"] + (3.0 / 2.0 * p["lora_B"].mm(p["lora_A"])),
        "pissa" => p["weight"] + (3.0 / Math.Sqrt(2) * p["lora_B"].mm(p["lora_A"])),
        "frozen" => p["weight"] + p["lora_B"].mm(p["lora_A"]),
        "compander of a sum" => p["log_a"].exp() * ((p["v"] + p["lora_B"].mm(p["lora_A"])) / p["log_b"].exp()).atan(),
        "sum with a compander" => MuLaw(p) + p["lora_B"].mm(p["lora_A"]),
        "one by one" => (p["log_a"].exp() * (p["v"] / p["log_b"].exp()).atan()) + p["lora_B"].mm(p["lora_A"]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no reference"),
    };

    /// <summary>Copies of a layer's parameters as leaves of a graph of their own.</summary>
    public static Dictionary<string, Tensor> Copies(Layer layer) => layer.named_parameters()
        .ToDictionary(pair => pair.name, pair => pair.parameter.detach().clone().requires_grad_(pair.parameter.requires_grad));

    public static Tensor Forward(string name, IReadOnlyDictionary<string, Tensor> p, Tensor x) =>
        nn.functional.linear(x, Weight(name, p), p.GetValueOrDefault("bias"));

    /// <summary>Moves every parameter off its starting point: B of an adapter starts at zero, where half of the gradients vanish.</summary>
    public static void Disturb(Layer layer, int seed)
    {
        manual_seed(seed);
        using var noGradient = no_grad();
        foreach (var parameter in layer.parameters())
        {
            parameter.add_(randn_like(parameter) * 0.3);
        }
    }

    private static Tensor MuLaw(IReadOnlyDictionary<string, Tensor> p)
    {
        var mu = (-p["log_b"]).exp();
        return p["log_a"].exp() * p["v"].sign() * log1p(mu * p["v"].abs()) / log1p(mu);
    }
}
