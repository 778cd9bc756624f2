using LayerDsl.Generator.Proof.NormalForms;
using LayerDsl.Generator.Proof.Refutation;

namespace LayerDsl.Generator.Proof;

/// <summary>Decides a claim: proved by equal normal forms, refuted by a point where the forms differ, or tested at points.</summary>
internal static class Prover
{
    private const long Steps = 200_000;

    public static Verdict Prove(Claim claim, CancellationToken cancellation)
    {
        var inference = claim.InferenceOverStored();
        try
        {
            var normalizer = new Normalizer(new Budget(Steps, cancellation));
            if (normalizer.Key(normalizer.Normalize(claim.Training)) == normalizer.Key(normalizer.Normalize(inference)))
            {
                return new Verdict.Proved(normalizer.Laws.Prepend("normal form").ToEquatableArray());
            }
        }
        catch (BudgetExceededException)
        {
            return Search(claim.Training, inference, $"the normal form needs more than {Steps} steps", cancellation);
        }

        return Search(claim.Training, inference, "the normal forms differ", cancellation);
    }

    private static Verdict Search(Ir.Expr training, Ir.Expr inference, string reason, CancellationToken cancellation) =>
        CounterexampleSearch.Find(training, inference, cancellation) is { } counterexample
            ? new Verdict.Refuted(counterexample)
            : new Verdict.Tested($"{reason}, but they agree at {CounterexampleSearch.Points} points of small sizes and values");
}
