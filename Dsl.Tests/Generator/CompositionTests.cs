using System.Globalization;
using Microsoft.CodeAnalysis;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Generator;

/// <summary>Every ordered pair of methods on every kind of layer: proved and compiled, or refused at the attribute with a reason.</summary>
public class CompositionTests(ITestOutputHelper output)
{
    private static readonly string[] Methods =
    [
        "Compander", "Compander(Curve = Curve.MuLaw)", "LowRank(2)", "LowRank(2, Init = LowRankInit.PiSSA)",
        "Quantize", "Quantize(Bits = 4, Symmetric = false, Granularity = Granularity.Tensor)", "Quantize(Bits = 4, Scheme = Scheme.Log2)", "Quantize(Bits = 4, Scheme = Scheme.LogSqrt2)",
        "Quantize(Bits = 2, Scheme = Scheme.StatsQ)", "Quantize(Bits = 4, Scheme = Scheme.Lsq)", "Quantize(Bits = 4, Scheme = Scheme.Apot)", "Quantize(Bits = 2, Scheme = Scheme.Binary)", "Quantize(Bits = 4, Scheme = Scheme.Nf4)", "Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)",
        "Quantize(Scheme = Scheme.Fp8E4M3)", "Quantize(Bits = 4, Granularity = Granularity.Group, GroupSize = 4)",
        "Quantize(Bits = 4, Scheme = Scheme.DoReFa)", "Quantize(Activations = true)", "Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationScheme = Scheme.Lsq)",
        "SparseIso(0.5, Kind = SparseKind.Parallel)", "SparseIso(0.5, Kind = SparseKind.Factorized)", "SparseIso(0.5, Kind = SparseKind.Doped)",
    ];

    /// <summary>Refusals that pairs may meet: the same method twice, an order that has no meaning, groups of a kernel.</summary>
    private static readonly string[] Refusals = ["LDSL004", "LDSL113", "LDSL122", "LDSL123", "LDSL124"];

    [Theory]
    [InlineData("Linear(16, 12)")]
    [InlineData("Conv2d(4, 12, 3, Padding = 1)")]
    [InlineData("Attention(16, 4)")]
    public void Every_pair_is_proved_or_refused(string kind)
    {
        var pairs = Methods.SelectMany(first => Methods.Select(second => (first, second))).ToArray();
        var source = string.Concat(pairs.Select((pair, k) => $"[{kind}, {pair.first}, {pair.second}] public sealed partial class Layer{k};\n"));
        var run = GeneratorRun.Of(source);
        Assert.True(run.Result.Results.Single().Exception is null, run.Result.Results.Single().Exception?.ToString());
        var refused = run.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToLookup(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line);
        var firstLine = GeneratorRun.Usings.Count(letter => letter == '\n');
        var proved = 0;
        for (var k = 0; k < pairs.Length; k++)
        {
            var findings = refused[firstLine + k].ToArray();
            Assert.All(findings, finding => Assert.Contains(finding.Id, Refusals));
            if (findings.Length == 0)
            {
                Assert.Contains("verdict     proved for every input, parameter and size", run.File($"Layer{k}.g.cs"), StringComparison.Ordinal);
                proved++;
            }
        }

        Assert.DoesNotContain(run.CompileErrors, error => !refused.Any(group => error.GetMessage(CultureInfo.InvariantCulture).Contains("Layer" + (group.Key - firstLine), StringComparison.Ordinal)));
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Id is "LDSL202" or "LDSL205");
        output.WriteLine($"{kind}: {pairs.Length} ordered pairs, {proved} proved, {pairs.Length - proved} refused");
    }
}
