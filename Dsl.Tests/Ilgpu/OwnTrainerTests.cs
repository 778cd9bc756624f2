using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Users' methods on an accelerator equal the same methods on TorchSharp's tape.</summary>
public sealed class OwnTrainerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    private static readonly (string Method, int In, int Out)[] Methods =
    [
        ("Cayley", 7, 7), ("Circulant", 7, 7), ("CosineLowRank", 9, 5), ("Dora", 9, 5), ("GatedPruning", 9, 5), ("LearnedTernary", 9, 5), ("SpectralNorm", 9, 5), ("Toeplitz", 9, 5), ("WeightNorm", 9, 5), ("WeightStandardization", 9, 5),
    ];

    [Fact]
    public void Every_method_of_the_example()
    {
        var run = GeneratorRun.OnDevice([.. Methods.Select(method => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "examples", "OwnMethods", "Methods", method.Method + ".cs"))), Models()]);

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Information.Where(found => found.Id == "LDSL312").Select(found => found.ToString()));
        var assembly = run.Load();
        foreach (var (method, _, _) in Methods)
        {
            using var trained = TrainerRun.Of(assembly.GetType(method + "Model")!, device);
            trained.PassesAgree(batch: 3);
            trained.PassesAgree(batch: 2, seed: 3);
        }
    }

    [Fact]
    public void Factors_that_are_spread_and_functions_of_formulas()
    {
        var run = GeneratorRun.OnDevice("""
            using static LayerDsl.Functions;
            [Reparameterization] public static partial class Blocks
            {
                public static Weight Map([Shape("p", "q")] Weight a, [Shape("out / p", "in / q")] Weight b, int p, int q) => Kronecker(Sin(a) + Atan(a), Tan(b / 2) * Cos(b) + Atanh(b / 4));
            }
            [Reparameterization(Square = true)] public static partial class Symmetric
            {
                public static Weight Map(Weight v, [PerRow, Start(1)] Weight g, [PerColumn, Start(0.5)] Weight h) => g * (v + Transpose(v)) * h + MatMul(v, Transpose(v)) / MeanOverAll(v * v);
            }
            [LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor>
            {
                [Linear(6, 4), Reparam(typeof(Blocks), 2, 3)] public partial Layer A { get; }
                [Linear(4, 4), Reparam(typeof(Symmetric)), Quantize(Bits = 4)] public partial Layer B { get; }
                public override Tensor forward(Tensor x) => B.forward(nn.functional.relu(A.forward(x)));
            }
            """);

        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Information.Where(found => found.Id == "LDSL312").Select(found => found.ToString()));
        using var trained = TrainerRun.Of(run.Load().GetType("M")!, device);
        trained.PassesAgree(batch: 3);
    }

    private static string Models() => "using LayerDsl.Examples.OwnMethods;\n" + string.Concat(Methods.Select(method =>
        $"[LayerModel] public sealed partial class {method.Method}Model : nn.Module<Tensor, Tensor> {{ [Linear({method.In}, {method.Out}), Reparam(typeof({method.Method}){(method.Method is "Dora" or "CosineLowRank" ? ", 3" : string.Empty)})] public partial Layer Subject {{ get; }} [Linear({method.Out}, 4)] public partial Layer Head {{ get; }} public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Subject.forward(x))); }}\n"));
}
