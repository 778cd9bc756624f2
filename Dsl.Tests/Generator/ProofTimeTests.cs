using LayerDsl.Generator;
using Microsoft.CodeAnalysis;
using Xunit.Abstractions;

namespace LayerDsl.Tests.Generator;

/// <summary>How long each layer takes inside the generator, as the compiler's driver measures its steps. Reported; no assertion is on time.</summary>
public class ProofTimeTests(ITestOutputHelper output)
{
    private const int Rounds = 5;

    /// <summary>Until the runtime has optimized what the prover runs, as in a compiler that stays.</summary>
    private const int RoundsUntilWarm = 20;

    private static readonly string[] Methods =
    [
        "", "Compander", "Compander(Curve = Curve.Tanh)", "Compander(Curve = Curve.Softsign)", "Compander(Curve = Curve.MuLaw)", "LowRank(4)",
        "Compander, LowRank(4)", "LowRank(4), Compander", "LowRank(4), Compander(Curve = Curve.MuLaw)", "LowRank(4, Alpha = 16, RankStabilized = true), Compander(Learnable = false)",
        "Compander(Curve = Curve.MuLaw), LowRank(4)", "Compander(Curve = Curve.Softsign), LowRank(4, Alpha = 8)", "LowRank(4, Freeze = true), Compander(Curve = Curve.Tanh)",
        "Quantize", "Quantize(Bits = 4, Symmetric = false, Granularity = Granularity.Group)", "Quantize(Bits = 1)", "Quantize(Bits = 4, Scheme = Scheme.Log2)",
        "Quantize(Bits = 4, Scheme = Scheme.StatsQ)", "Quantize(Bits = 4, Scheme = Scheme.Lsq)", "Quantize(Bits = 4, Scheme = Scheme.Nf4)", "Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)",
        "Quantize(Scheme = Scheme.Fp8E4M3)", "Quantize(Bits = 4, Scheme = Scheme.Apot)", "Quantize(Bits = 2, Scheme = Scheme.Binary)", "Quantize(Bits = 4, Scheme = Scheme.Nf4, Granularity = Granularity.Group), LowRank(4)", "LowRank(4), Quantize(Bits = 4)",
    ];

    private static readonly string[] Convolutions = ["Conv2d(4, 8, 3, Padding = 1)", "Conv2d(4, 8, 3, Groups = 2)", "Conv2d(4, 8, 3), LowRank(2)", "Conv2d(4, 8, 3), Quantize(Bits = 4)"];

    [Fact]
    public void Every_layer_is_proved_and_checked_in_the_time_reported()
    {
        var source = string.Concat(Methods.Select((methods, k) => $"[Linear(64, 32){(methods.Length > 0 ? ", " + methods : string.Empty)}] public sealed partial class Layer{k};\n"))
            + string.Concat(Convolutions.Select((convolution, k) => $"[{convolution}] public sealed partial class Convolution{k};\n"));
        var all = Enumerable.Range(0, RoundsUntilWarm + Rounds).Select(_ => Run(source)).ToArray();
        Report("first rounds", all[..Rounds]);
        Report("warm", all[^Rounds..]);
    }

    private void Report(string when, GeneratorRunResult[] rounds)
    {
        var (proofs, gradients) = (Medians(rounds, StepNames.ProvedLayers), Medians(rounds, StepNames.DifferentiatedLayers));
        string[] layers = [.. Methods, .. Convolutions];
        Assert.Equal(layers.Length, proofs.Length);
        var times = proofs.Zip(gradients, (proof, gradient) => (proof, gradient, sum: proof + gradient)).ToArray();
        foreach (var (time, methods) in times.Zip(layers).OrderBy(pair => pair.First.sum))
        {
            output.WriteLine($"{time.proof,6:F1} ms proof, {time.gradient,6:F1} ms gradients  {methods}");
        }

        var sums = times.Select(time => time.sum).Order().ToArray();
        output.WriteLine($"{when}: median {sums[sums.Length / 2]:F1} ms, worst {sums[^1]:F1} ms");
    }

    /// <summary>For each layer the median over the rounds; the first rounds also compile the generator itself.</summary>
    private static double[] Medians(IReadOnlyList<GeneratorRunResult> rounds, string step) =>
        [.. Enumerable.Range(0, rounds[0].TrackedSteps[step].Length).Select(layer =>
            rounds.Select(round => round.TrackedSteps[step][layer].ElapsedTime.TotalMilliseconds).Order().ElementAt(rounds.Count / 2))];

    private static GeneratorRunResult Run(string source)
    {
        var run = GeneratorRun.Of(source);
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return run.Result.Results.Single();
    }
}
