using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using Xunit.Abstractions;
using static LayerDsl.Tests.Proof.Terms;

namespace LayerDsl.Tests.Proof.Smt;

/// <summary>The prover against Z3 at fixed small sizes: what is proved has no counterexample there, what is refuted has one.</summary>
public class Z3CrossCheckTests(ITestOutputHelper output)
{
    private const int Milliseconds = 2000;
    private const int MutantsPerIdentity = 4;

    [Z3Fact]
    public void What_is_proved_has_no_counterexample()
    {
        var results = Identities.All.Select(identity => (identity, verdict: Compare(identity.Left, identity.Right), answers: Ask(identity.Left, identity.Right))).ToArray();
        var decided = results.Count(result => result.answers.All(answer => answer == "unsat"));
        output.WriteLine($"{results.Length} identities, {results.Count(r => r.verdict is Verdict.Proved)} proved, Z3 decides {decided}");
        Assert.All(results, result =>
        {
            Assert.True(result.verdict is Verdict.Proved, $"{result.identity}: {result.verdict}");
            Assert.All(result.answers, answer => Assert.True(answer is "unsat" or "unknown", $"{result.identity}: {answer}"));
        });
        Assert.True(decided >= 50, $"Z3 decides only {decided}");
    }

    [Z3Fact]
    public void What_is_refuted_has_a_counterexample_and_what_is_equal_has_none()
    {
        var results = Identities.All.SelectMany((identity, k) => Spread(Mutants.Of(identity.Right).ToArray(), k).Select(m => (identity.Left, m.Fault, m.Mutant)))
            .Select(pair => (pair, verdict: Compare(pair.Left, pair.Mutant), answers: Ask(pair.Left, pair.Mutant))).ToArray();
        var (refuted, proved) = (results.Count(r => r.verdict is Verdict.Refuted && r.answers.Contains("sat")), results.Count(r => r.verdict is Verdict.Proved));
        output.WriteLine($"{results.Length} mutants: Z3 confirms {refuted} of {results.Count(r => r.verdict is Verdict.Refuted)} refuted; {proved} proved");
        Assert.All(results, result => Assert.True(
            Agrees(result.verdict, result.answers), $"{result.pair.Left} = {result.pair.Mutant} ({result.pair.Fault}): {result.verdict}, Z3: {string.Join(", ", result.answers)}"));
        Assert.True(refuted >= 50, $"Z3 confirms only {refuted}");
    }

    private static bool Agrees(Verdict verdict, string[] answers) => verdict switch
    {
        Verdict.Proved => !answers.Contains("sat"),

        // Z3 is asked only about points where both sides have a value.
        Verdict.Refuted refuted => answers.Any(answer => answer != "unsat") || refuted.Counterexample.Contains("has no value", StringComparison.Ordinal),
        _ => true,
    };

    private static (string Fault, Expr Mutant)[] Spread((string Fault, Expr Mutant)[] mutants, int offset) =>
        [.. Enumerable.Range(0, Math.Min(MutantsPerIdentity, mutants.Length)).Select(k => mutants[(offset + (k * mutants.Length / MutantsPerIdentity)) % mutants.Length])];

    /// <summary>What Z3 says to "they differ" with all sizes one, all sizes two, and sizes that differ.</summary>
    private static string[] Ask(Expr left, Expr right) =>
    [
        .. new Func<string, long>[] { _ => 1, _ => 2, symbol => 1 + (symbol.Length % 3) }
            .Select(sizeOf => Z3.Run(SmtText.Differ(left, right, sizeOf, Milliseconds)).Trim()),
    ];
}
