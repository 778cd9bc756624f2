using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Proof;

public sealed class FalseAlarmTests
{
    [Fact]
    public void Saturated_curves_are_no_wrong_gradients()
    {
        foreach (var rank in new[] { 1, 2, 3 })
        {
            foreach (var curve in new[] { "Arctan", "Tanh", "Softsign", "MuLaw" })
            {
                foreach (var methods in new[] { $"LowRank({rank}, Alpha = 1, RankStabilized = true), Compander(Curve = Curve.{curve}, A = 1.5)", $"Compander(Curve = Curve.{curve}, A = 1.5), LowRank({rank}, Alpha = 2)" })
                {
                    var run = GeneratorRun.Of($"[Linear(14, 14, Bias = false), {methods}] public sealed partial class Sampled;");
                    Assert.Empty(run.Diagnostics.Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
                }
            }
        }
    }
}
