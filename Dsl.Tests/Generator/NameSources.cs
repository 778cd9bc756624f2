namespace LayerDsl.Tests.Generator;

/// <summary>
/// Sources whose generated code uses, taken together, every library name that generated code uses: every kind of layer with every method alone, methods of a user's own,
/// sizes of constructors, and models with every step, their folded forms and their forms on a device.
/// </summary>
internal static class NameSources
{
    private static readonly string[] Layers =
    [
        "[Linear(16, 12), Quantize(Bits = 4)]", "[Linear(16, 12), Quantize(Bits = 2, Scheme = Scheme.Binary)]", "[Linear(16, 12), Quantize(Bits = 4, Scheme = Scheme.Nf4)]", "[Linear(16, 12), Quantize(Bits = 4, Scheme = Scheme.Apot), LowRank(1)]",
        "[Linear(16, 12), SparseIso(0.5, Kind = SparseKind.Factorized)]", "[Linear(16, 12), SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)]", "[Linear(16, 12), Compander, Quantize(Bits = 4, Rounding = Rounding.Stochastic)]",
        "[Conv2d(4, 12, 3, Groups = 2), Compander]", "[Conv2d(4, 12, 3), LowRank(2, Init = LowRankInit.PiSSA)]", "[Conv2d(4, 12, 3), SparseIso(0.5, Kind = SparseKind.Parallel)]",
        "[Conv2d(4, 12, 3), Quantize(Bits = 4, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)]", "[BatchNorm1d(8, Affine = false)]", "[BatchNorm2d(8)]", "[Embedding(9, 8, PaddingIndex = 1)]",
        "[Attention(8, 2), QKReparam]",
    ];

    private static readonly string[] Sized =
    [
        "[Linear(\"n\", \"m\"), Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4)] {0}", "[Conv2d(\"n\", \"m\", 3, Groups = 2), LowRank(1)] {0}",
    ];

    private static readonly string[] Own =
    [
        """
        [Reparameterization] public static partial class Scaled
        {
            public static Weight Map(Weight v, [PerRow] Weight g, [Shape("rank", "in"), Start(0)] Weight a, [Buffer, PerRow, Start(1)] Weight u, int rank, double alpha = 1) =>
                g * v / (Functions.Sqrt(Functions.SumOverRow(v * v)) + 1e-5) + alpha / rank * Functions.SumOverColumn(a) * Functions.Sigmoid(Functions.StopGradient(u));
            public static (Weight v, Weight g) Initialize(Weight w) => (w, Functions.Sqrt(Functions.SumOverRow(w * w)));
            public static Weight Update(Weight v, Weight u) => Functions.Clamp(u, -1, Functions.MaxOverAll(Functions.MatMul(v, Functions.Transpose(v))));
        }
        [Linear(4, 3), Reparam(typeof(Scaled), 2, 0.5)] public sealed partial class Alone;
        """,
        """
        [Reparameterization] public static partial class Damped
        {
            public static Weight Map(Weight v, [Size("out")] int n) => Functions.MatMul(Functions.Inverse(Functions.MatMul(v, Functions.Transpose(v)) + Functions.Identity(n)), v);
        }
        [Linear(4, 3), Reparam(typeof(Damped))] public sealed partial class Alone;
        """,
        """
        [Reparameterization] public static partial class Shared
        {
            public static Weight Map([Shape("k")] Weight book, [Buffer, Indices("k"), Shape("out", "in")] Weight codes, int k) => Functions.Gather(Functions.Kronecker(book, 2), codes);
        }
        [Reparameterization] public static partial class Blocks
        {
            public static Weight Map([Shape("p", "q")] Weight a, [Shape("out / p", "in / q")] Weight b, int p, int q) =>
                Functions.Kronecker(Functions.Sin(a) + Functions.Atan(a), Functions.Tan(b / 2) * Functions.Cos(b) + Functions.Atanh(b / 4));
        }
        [Linear(4, 3), Reparam(typeof(Shared), 5)] public sealed partial class Clustered;
        [Linear(6, 4), Reparam(typeof(Blocks), 2, 2)] public sealed partial class Spread;
        """,
        """
        [Reparameterization] public static partial class Toeplitz
        {
            public static Weight Map([Shape("out + in - 1")] Weight diagonals, [Size("out")] int rows, [Size("in")] int columns) => Functions.Toeplitz(diagonals, rows, columns);
        }
        [Linear(4, 3), Reparam(typeof(Toeplitz))] public sealed partial class Alone;
        """,
    ];

    private static readonly string[] Models =
    [
        Model("", "[Linear(4, 3)] public partial Layer Head { get; }", "Head.forward(x)"),
        Model("", "[Linear(16, 12), LowRank(2)] public partial Layer First { get; } [Linear(12, 4)] public partial Layer Second { get; }", "Second.forward(nn.functional.gelu(First.forward(x)))"),
        Model("", "[Linear(16, 12), SparseIso(0.5)] public partial Layer First { get; } [Linear(12, 4)] public partial Layer Second { get; }", "nn.functional.softmax(Second.forward(nn.functional.relu(First.forward(x))), -1)"),
        Model("", "[Linear(16, 12), Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationScheme = Scheme.Lsq)] public partial Layer First { get; } [Linear(12, 4)] public partial Layer Second { get; }", "Second.forward(nn.functional.gelu(First.forward(x)))"),
        Model("", "public Subject() : base(\"Subject\") { RegisterComponents(); } [Linear(16, 12), Compander] public partial Layer First { get; } [BatchNorm1d(12)] public partial Layer Second { get; }", "Second.forward(First.forward(x))"),
        Model("(4, 8, 8)", "[Conv2d(4, 12, 3)] public partial Layer Stem { get; } [BatchNorm2d(12)] public partial Layer Norm { get; } [Conv2d(12, 4, 3, Groups = 4), Compander] public partial Layer Next { get; } [Linear(16, 3)] public partial Layer Head { get; }", "Head.forward(nn.functional.max_pool2d(nn.functional.relu(Next.forward(Norm.forward(Stem.forward(x)))), 2).flatten(1))"),
        Model("(4, 6, 6)", "[BatchNorm2d(4)] public partial Layer Norm { get; } [Conv2d(4, 12, 3), Quantize(Bits = 4)] public partial Layer Stem { get; } [Linear(12, 3)] public partial Layer Head { get; }", "Head.forward(nn.functional.adaptive_avg_pool2d(nn.functional.avg_pool2d(Stem.forward(nn.functional.relu(Norm.forward(x))), 2, 1, 1), 1).flatten(1))"),
        Model("(5)", "[Embedding(9, 8)] public partial Layer Table { get; } [RmsNorm(8)] public partial Layer Norm { get; } [Attention(8, 2, Causal = true), Quantize(Bits = 4, On = Part.Key)] public partial Layer Mixer { get; } [Linear(8, 3)] public partial Layer Head { get; }", "Head.forward(nn.functional.tanh(Mixer.forward(Norm.forward(Table.forward(x)))))"),
        Model("", "public partial Subject(int n, long m); [Linear(\"n\", \"m\"), Quantize(Bits = 4)] public partial Layer First { get; } [LayerNorm(\"m\")] public partial Layer Norm { get; } [Linear(\"m\", 3)] public partial Layer Second { get; }", "Second.forward(Norm.forward(First.forward(x)) * 0.5)"),
    ];

    /// <summary>Each stands in a namespace of its own.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Layers.Select(layer => layer + " public sealed partial class Subject;"),
        .. Sized.Select(layer => "public sealed partial class Subject { " + string.Format(System.Globalization.CultureInfo.InvariantCulture, layer, "public partial Subject(int n, long m);") + " }"),
        .. Own, .. Models,
    ];

    private static string Model(string sample, string layers, string forward) =>
        $"[LayerModel{sample}] public sealed partial class Subject : nn.Module<Tensor, Tensor> {{ {layers} public override Tensor forward(Tensor x) => {forward}; }}";
}
