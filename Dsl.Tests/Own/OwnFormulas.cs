using LayerDsl.Examples.OwnMethods;
using LayerDsl.Tests.Torch;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Own;

/// <summary>The layers with users' own methods, by name, and what they should compute.</summary>
internal static class OwnFormulas
{
    public static Layer Make(string name) => name switch
    {
        "weight norm" => new WeightNormLayer(),
        "weight norm of a kernel" => new WeightNormKernel(),
        "dora" => new DoraLayer(),
        "gated" => new GatedLayer(),
        "standardized kernel" => new StandardizedKernel(),
        "cosine" => new CosineLayer(),
        "ternary" => new TernaryLayer(),
        "group scale" => new GroupScaleLayer(),
        "symmetric" => new SymmetricLayer(),
        "spectral" => Evaluated(new SpectralLayer()),
        "circulant" => new CirculantLayer(),
        "toeplitz" => new ToeplitzLayer(),
        "own gradient" => new OwnGradientLayer(),
        "cayley" => new CayleyLayer(),
        "damped number" => new DampedNumber(),
        "damped" => new DampedLayer(),
        "damped kernel" => new DampedKernel(),
        "orthonormal" => new OrthonormalLayer(),
        "turned inverse" => new TurnedInverseLayer(),
        "turned rows" => new TurnedRowsLayer(),
        "blocks" => new BlocksLayer(),
        "unit blocks" => new UnitBlocksLayer(),
        "turned blocks" => new TurnedBlocksLayer(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no layer"),
    };

    /// <summary>In training the buffers move on before the pass.</summary>
    public static Layer Evaluated(Layer layer)
    {
        layer.eval();
        return layer;
    }

    /// <summary>The formula of the paper or library, written with TorchSharp.</summary>
    public static Tensor Reference(string name, IReadOnlyDictionary<string, Tensor> p)
    {
        Tensor Norm(Tensor w) => w.flatten(1).norm(1, keepdim: true, 2).reshape([-1, .. Enumerable.Repeat(1L, (int)w.dim() - 1)]);
        switch (name)
        {
            case "weight norm":
                return p["g"].unsqueeze(1) * nn.functional.normalize(p["v"], 2, 1);
            case "weight norm of a kernel":
                return p["g"].reshape(-1, 1, 1, 1) * p["v"] / Norm(p["v"]);
            case "dora":
                var adapted = p["weight"] + (1.5 * p["b"].mm(p["a"]));
                return p["m"].unsqueeze(1) * adapted / Norm(adapted).detach();
            case "gated":
                return p["v"] * sigmoid(1.5 * p["gate"]);
            case "standardized kernel":
                var rows = p["v"].flatten(1);
                return nn.functional.layer_norm(rows, [rows.shape[1]], eps: 1e-5).reshape(p["v"].shape);
            case "cosine":
                var basis = (Math.PI / 6 * arange(3).unsqueeze(1) * (arange(6) + 0.5)).cos();
                return p["coefficients"].mm(basis);
            case "ternary":
                var soft = sigmoid(20 * (p["v"].abs() - p["threshold"].unsqueeze(1)));
                var hard = p["v"].abs().gt(p["threshold"].unsqueeze(1)).to_type(ScalarType.Float32);
                return p["scale"].unsqueeze(1) * (soft + (hard - soft).detach()) * (p["v"] + (p["v"].sign() - p["v"]).detach());
            case "group scale":
                var groups = p["v"].reshape(4, 3, 2);
                return (p["gain"] * p["scale"].unsqueeze(2) * groups / (groups.abs() + 1).amax([2], keepdim: true)).reshape(4, 6);
            case "spectral":
                return p["weight"] / dot(p["u"], p["weight"].mv(p["v"]));
            case "circulant":
                return stack(Enumerable.Range(0, 5).Select(i => p["column"].roll(i, 0)), 1);
            case "toeplitz":
                return stack(Enumerable.Range(0, 4).Select(o => p["diagonals"].narrow(0, o, 6).flip(0)), 0);
            case "own gradient":
                return (p["g"].unsqueeze(1) * (3 * p["v"]).tanh()) + p["a"].mean([0]);
            case "cayley":
                return CayleyOf(p["p"]);
            case "orthonormal":
                return CayleyOf(p["p"]).narrow(0, 0, 4);
            case "damped number" or "damped" or "damped kernel":
                var v = p["v"].flatten(1);
                return linalg.solve(v.mm(v.t()) + eye(v.shape[0]), v).reshape(p["v"].shape);
            case "turned inverse":
                var inverse = linalg.inv(p["v"] + p["g"].diag());
                return p["g"].unsqueeze(1) * inverse.t().tanh() * inverse / (1 + inverse.square().sum(1, keepdim: true)).sqrt();
            case "blocks":
                return p["v"] + (0.5 * kron(p["a"].tanh(), p["b"]));
            case "unit blocks":
                var blocks = kron(p["a"].mm(p["c"]), p["b"]);
                return blocks / (1 + blocks.square().sum(1, keepdim: true)).sqrt();
            case "turned blocks":
                return kron(p["g"], p["s"]).unsqueeze(1) * kron(linalg.inv(p["a"] + (3 * eye(2))).t(), p["b"]);
            case "turned rows":
                return nn.functional.normalize(p["v"].t(), 2, 1);
            default:
                return ((p["v"] + p["v"].t()) / 2) + p["v"].mm(p["v"].t());
        }
    }

    /// <summary>The same class as plain code, on the tensors that the layer stores.</summary>
    public static Tensor Mapped(string name, IReadOnlyDictionary<string, Tensor> p) => name switch
    {
        "weight norm" or "weight norm of a kernel" => WeightNorm.Map(p["v"], p["g"]),
        "dora" => Dora.Map(p["weight"], p["a"], p["b"], p["m"], 2, 3),
        "gated" => GatedPruning.Map(p["v"], p["gate"], 1.5),
        "standardized kernel" => WeightStandardization.Map(p["v"]),
        "cosine" => CosineLowRank.Map(p["coefficients"], p["k"], p["i"], 6, 3),
        "ternary" => LearnedTernary.Map(p["v"], p["scale"], p["threshold"]),
        "group scale" => GroupScale.Map(p["v"], p["scale"], p["gain"]),
        "spectral" => SpectralNorm.Map(p["weight"], p["u"], p["v"]),
        "circulant" => Circulant.Map(p["column"]),
        "toeplitz" => Toeplitz.Map(p["diagonals"], 4, 6),
        "own gradient" => OwnGradient.Map(p["v"], p["g"], p["a"], 3),
        "cayley" => Cayley.Map(p["p"], 5),
        "orthonormal" => OrthonormalRows.Map(p["p"], 4, 6),
        "damped number" => Damped.Map(p["v"], 1),
        "damped" or "damped kernel" => Damped.Map(p["v"], 4),
        "turned inverse" => TurnedInverse.Map(p["v"], p["g"], 5),
        "turned rows" => TurnedRows.Map(p["v"]),
        "blocks" => Blocks.Map(p["v"], p["a"], p["b"], 2, 3, 0.5),
        "unit blocks" => UnitBlocks.Map(p["a"], p["c"], p["b"], 2),
        "turned blocks" => TurnedBlocks.Map(p["a"], p["b"], p["g"], p["s"]),
        _ => Symmetric.Map(p["v"]),
    };

    /// <summary>As torch.nn.utils.parametrizations.orthogonal computes it with orthogonal_map="cayley".</summary>
    private static Tensor CayleyOf(Tensor p)
    {
        var (skew, same) = (p - p.t(), eye(p.shape[0]));
        return linalg.solve(same - (0.5 * skew), same + (0.5 * skew));
    }

    public static Tensor Apply(Layer layer, Tensor x, Tensor weight, Tensor bias) =>
        weight.dim() == 4 ? nn.functional.conv2d(x, weight, bias, padding: layer is WeightNormKernel ? [1L, 1L] : [0L, 0L]) : nn.functional.linear(x, weight, bias);

    public static Tensor Input(Layer layer) => layer switch
    {
        WeightNormKernel or StandardizedKernel or DampedKernel => randn(2, 2, 5, 5),
        DampedNumber => randn(3, 1),
        SymmetricLayer or CirculantLayer or CayleyLayer or TurnedInverseLayer or TurnedRowsLayer or QuantizedCayleyLayer => randn(3, 5),
        _ => randn(3, 6),
    };

    public static Dictionary<string, Tensor> Copies(Layer layer)
    {
        var copies = References.Copies(layer);
        foreach (var (name, buffer) in layer.named_buffers())
        {
            copies[name] = buffer.detach().clone();
        }

        return copies;
    }

    public static void Disturb(Layer layer)
    {
        manual_seed(5);
        using var noGradient = no_grad();
        foreach (var parameter in layer.parameters())
        {
            parameter.add_(randn_like(parameter) * 0.1);
        }
    }
}
