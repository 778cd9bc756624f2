using LayerDsl.Ilgpu;
using LayerDsl.Tests.Generator;
using static TorchSharp.torch;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>Models that are trained on an accelerator equal the same models trained by TorchSharp.</summary>
public sealed class TrainerTests(CpuDevice device) : IClassFixture<CpuDevice>
{
    /// <summary>What kernels cannot train yet: a diagnostic says so.</summary>
    private static readonly string[] Refused = ["Nf4", "Fp4E2M1", "Fp8E4M3", "Apot 4", "Binary 2", "Uniform 8, input Uniform 8", "Log2 4, input Lsq 8"];

    [Fact]
    public void Every_method_on_a_linear_layer()
    {
        var methods = CompositionPairs.Methods.Where(method => method.Short != "QKReparam").ToArray();
        var run = GeneratorRun.OnDevice(string.Concat(methods.Select((method, number) =>
            $"[LayerModel] public sealed partial class Model{number} : nn.Module<Tensor, Tensor> {{ [Linear(12, 9), {method.Attribute}] public partial Layer Subject {{ get; }} [Linear(9, 5)] public partial Layer Head {{ get; }} public override Tensor forward(Tensor x) => Head.forward(nn.functional.relu(Subject.forward(x))); }}\n")));
        var refused = run.Information.Where(found => found.Id == "LDSL311").Select(found => methods[LineOf(found)].Short).ToArray();

        Assert.Empty(run.Diagnostics);
        Assert.Equal(Refused.Order(), refused.Order());
        var assembly = run.Load();
        for (var number = 0; number < methods.Length; number++)
        {
            if (!refused.Contains(methods[number].Short))
            {
                using var trained = TrainerRun.Of(assembly.GetType($"Model{number}")!, device);
                trained.PassesAgree(batch: 3);
            }
        }
    }

    private static int LineOf(Microsoft.CodeAnalysis.Diagnostic found) => found.Location.GetLineSpan().StartLinePosition.Line - GeneratorRun.Usings.Count(letter => letter == '\n');
}
