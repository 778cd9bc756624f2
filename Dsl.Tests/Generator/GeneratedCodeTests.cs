using System.Globalization;
using CsCheck;
using LayerDsl.Tests.Torch;
using Microsoft.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Generator;

/// <summary>Generated code compiled and run for declarations that nobody wrote down: random sizes, methods and options.</summary>
public sealed class GeneratedCodeTests
{
    private static readonly Gen<(int In, int Out, int Rank, double Alpha, int Methods, int Curve, bool Bias, bool Stabilized)> Declarations =
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Double[0.5, 8], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Bool, Gen.Bool)
            .Select((inputs, outputs, rank, alpha, methods, curve, bias, stabilized) =>
                (inputs, outputs, Math.Min(rank, Math.Min(inputs, outputs)), Math.Round(alpha, 2), methods, curve, bias, stabilized));

    /// <summary>Gradients against TorchSharp's tape on the same module's folded formula: the effective weight as a function of the parameters.</summary>
    [Fact]
    public void Random_declarations_compile_train_fold_and_agree()
    {
        Declarations.Sample(
            declaration =>
            {
                var layer = Make(declaration);
                layer.to(float64);
                References.Disturb(layer, seed: 17);
                var x = randn([3, declaration.In], float64, requires_grad: true);
                var y = layer.forward(x);
                Assert.Equal([3, declaration.Out], y.shape);
                AssertFiniteDifferences(layer, x);

                layer.to(float32);
                var input = x.detach().to_type(float32);
                var bound = layer.RoundingBound(input.to_type(float64).abs(), zeros_like(input, float64));
                var folded = new float[3 * declaration.Out];
                ((FoldedLinear)layer.Fold()).Forward(input.data<float>().ToArray(), folded, 3);
                var difference = (layer.forward(input).detach().to_type(float64) - tensor(folded).view(3, -1).to_type(float64)).abs();
                Assert.True((difference <= bound).all().item<bool>());
            },
            iter: 20,
            seed: "0000KOIPqD20",
            threads: 1);
    }

    [Fact]
    public void Generated_code_gives_no_warning_in_a_strict_project()
    {
        var run = GeneratorRun.Of("""
            namespace Demo;
            [LayerModel]
            public sealed partial class Net : nn.Module<Tensor, Tensor>
            {
                [Linear(4, 3), Compander, LowRank(1)] public partial Layer A { get; }
                public override Tensor forward(Tensor x) => A.forward(x).relu();
            }
            """);
        Assert.Empty(run.Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    /// <summary>Names that file systems, C# and the generated code itself could confuse.</summary>
    [Theory]
    [InlineData("[Linear(4, 3)] public sealed partial class Part; [Linear(4, 2)] public sealed partial class part;")]
    [InlineData("namespace A { [Linear(4, 3)] public sealed partial class Part; } namespace B { [Linear(4, 3)] public sealed partial class Part; }")]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer Folded { get; } [Linear(4, 4)] public partial Layer folded { get; } public override Tensor forward(Tensor x) => Folded.forward(folded.forward(x)); }")]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer @class { get; } [Linear(4, 4)] public partial Layer weight { get; } [Linear(4, 4)] public partial Layer x { get; } [Linear(4, 4)] public partial Layer größe { get; } public override Tensor forward(Tensor y) => größe.forward(x.forward(weight.forward(@class.forward(y)))); }")]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { private int hiddenLayer = 3; public sealed class HiddenLayer { } [Linear(4, 4)] public partial Layer Hidden { get; } public override Tensor forward(Tensor y) => Hidden.forward(y) * hiddenLayer; }")]
    [InlineData("[Linear(4, 3)] public sealed partial class @record; [Linear(4, 3)] public sealed partial class @required; [Linear(4, 3)] public sealed partial class @var;")]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer fold { get; } [Linear(4, 4)] public partial Layer @partial { get; } public override Tensor forward(Tensor y) => fold.forward(@partial.forward(y)); }")]
    [InlineData("public record struct R { public static partial class S { [Linear(4, 3), LowRank(1)] internal sealed partial class @event; } }")]
    public void Confusing_names_compile_or_are_refused(string source)
    {
        var run = GeneratorRun.Of(source);
        Assert.Null(run.Result.Results.Single().Exception);
        if (!run.Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            Assert.Empty(run.CompileErrors);
        }
    }

    [Theory]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer A { get; } } [LayerModel] public partial class M { public override Tensor forward(Tensor y) => A.forward(y); }")]
    [InlineData("[Linear(4, 3)] public partial class A; [Linear(4, 3)] public partial class A;")]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer A { get; } [Linear(4, 4)] public partial Layer A { get; } public override Tensor forward(Tensor y) => A.forward(y); }")]
    [InlineData("[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer A { get; } public override Tensor forward(Tensor y) => A.forward(y.view(-1, 3000000000)); }")]
    [InlineData("namespace LayerDsl { [LayerModel] public partial class TorchInitializer : nn.Module<Tensor, Tensor> { [Linear(4, 4)] public partial Layer A { get; } public override Tensor forward(Tensor y) => A.forward(y); } }")]
    [InlineData("[LayerModel] public partial record R;")]
    public void What_is_written_twice_or_half_does_not_stop_the_generator(string source) =>
        Assert.Null(GeneratorRun.Of(source).Result.Results.Single().Exception);

    [Fact]
    public void The_folded_file_compiles_without_TorchSharp()
    {
        var run = GeneratorRun.Of("""
            namespace Demo;
            [LayerModel]
            public sealed partial class Net : nn.Module<Tensor, Tensor>
            {
                [Linear(4, 3), Compander] public partial Layer A { get; }
                public override Tensor forward(Tensor x) => nn.functional.softmax(A.forward(x), -1);
            }
            """);
        var folded = run.File("Demo.Net.Folded.g.cs");
        Assert.DoesNotContain("TorchSharp", folded, StringComparison.Ordinal);
        var alone = Microsoft.CodeAnalysis.CSharp.CSharpCompilation.Create(
            "Deployed",
            [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree.ParseText(folded, new(Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp14))],
            [.. Basic.Reference.Assemblies.Net100.References.All, MetadataReference.CreateFromFile(typeof(FoldedModel).Assembly.Location)],
            new(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(alone.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    private static Layer Make((int In, int Out, int Rank, double Alpha, int Methods, int Curve, bool Bias, bool Stabilized) declaration)
    {
        var compander = $"Compander(Curve = Curve.{(Curve)declaration.Curve}, A = 1.5)";
        var lowRank = string.Create(CultureInfo.InvariantCulture, $"LowRank({declaration.Rank}, Alpha = {declaration.Alpha}, RankStabilized = {(declaration.Stabilized ? "true" : "false")})");
        var methods = declaration.Methods switch { 0 => string.Empty, 1 => ", " + compander, 2 => ", " + lowRank, 3 => $", {compander}, {lowRank}", _ => $", {lowRank}, {compander}" };
        var run = GeneratorRun.Of($"[Linear({declaration.In}, {declaration.Out}, Bias = {(declaration.Bias ? "true" : "false")}){methods}] public sealed partial class Sampled;");
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return (Layer)Activator.CreateInstance(run.Load().GetType("Sampled")!)!;
    }

    /// <summary>Directional: ⟨∇f, u⟩ against (f(θ + hu) - f(θ - hu)) / 2h, over all parameters and the input at once.</summary>
    private static void AssertFiniteDifferences(Layer layer, Tensor x)
    {
        const double Step = 1e-5;
        var upstream = randn_like(layer.forward(x));
        (layer.forward(x) * upstream).sum().backward();
        using var noGradient = no_grad();
        var leaves = layer.parameters().Where(parameter => parameter.requires_grad).Cast<Tensor>().Append(x).ToArray();
        var direction = leaves.Select(leaf => randn_like(leaf)).ToArray();
        var analytic = leaves.Zip(direction, (leaf, u) => (leaf.grad! * u).sum().item<double>()).Sum();
        var above = Moved(Step);
        var below = Moved(-2 * Step);
        Assert.Equal((above - below) / (2 * Step), analytic, 1e-5 * (1 + Math.Abs(analytic)));

        double Moved(double by)
        {
            foreach (var (leaf, u) in leaves.Zip(direction))
            {
                leaf.add_(u * by);
            }

            return (layer.forward(x) * upstream).sum().item<double>();
        }
    }
}
