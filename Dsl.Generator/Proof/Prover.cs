using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof;

/// <summary>Examines a claim: proves it by normal forms, else looks for a point where it fails, else proves it by cases, else tests it over a large field.</summary>
internal static class Prover
{
    /// <summary>Steps that one proof may take: ten times what the largest composition here needs, a second at worst.</summary>
    public const long StepLimit = 50_000;

    /// <summary>A step of a search is an operation on numbers, which takes less time than one on forms.</summary>
    private const long SearchFactor = 4;

    public static Verdict Prove(Claim claim, CancellationToken cancellation) => Prove(claim, StepLimit, cancellation);

    public static Verdict Prove(Claim claim, long stepLimit, CancellationToken cancellation)
    {
        if (Examinable.Objection([claim.Training, claim.Inference, .. claim.Folds.Select(fold => fold.Value)]) is { } objection)
        {
            return new Verdict.Tested(objection);
        }

        var (training, inference) = (claim.Training, claim.InferenceOverStored());
        Steps Budget() => new(stepLimit, cancellation);
        Steps SearchBudget() => new(SearchFactor * stepLimit, cancellation);
        if (SharedParts.Abstract(training, inference) is { } parts && Equal(HoldsWithSharedParts, parts.Left, parts.Right, Budget()).Verdict is { } quick)
        {
            return quick;
        }

        // Where a form is long, its normal form takes a thousand times longer than a point that refutes it.
        if (new Refuter(training, inference, SearchBudget).SearchSmallest("training", "inference") is { } obvious)
        {
            return new Verdict.Refuted(obvious);
        }

        var (proof, exhausted) = Equal(Equality.Holds, training, inference, Budget());
        if ((proof ?? Refute(training, inference, SearchBudget, exhausted)) is { } verdict)
        {
            return verdict;
        }

        var (byCases, exhaustedByCases) = Equal(Equality.HoldsByCases, training, inference, Budget());
        return byCases ?? Test(training, inference, SearchBudget(), exhausted.Length > 0 ? exhausted : exhaustedByCases);
    }

    private static bool HoldsWithSharedParts(Expr left, Expr right, Steps steps)
    {
        steps.Use(SharedParts.Law);
        return Equality.Holds(left, right, steps);
    }

    private static (Verdict? Verdict, string Exhausted) Equal(Func<Expr, Expr, Steps, bool> prove, Expr training, Expr inference, Steps steps)
    {
        try
        {
            var holds = prove(training, inference, steps);
            return (holds ? new Verdict.Proved(steps.Laws.ToEquatableArray(), steps.Assumptions.ToEquatableArray()) : null, string.Empty);
        }
        catch (BudgetExceededException exceeded)
        {
            return (null, exceeded.Message + "; ");
        }
    }

    private static Verdict? Refute(Expr training, Expr inference, Func<Steps> budget, string exhausted)
    {
        try
        {
            return new Refuter(training, inference, budget).Search("training", "inference") is { } counterexample ? new Verdict.Refuted(counterexample) : null;
        }
        catch (BudgetExceededException exceeded)
        {
            return new Verdict.Tested(exhausted + "the search for a counterexample ended early: " + exceeded.Message);
        }
    }

    private static Verdict Test(Expr training, Expr inference, Steps steps, string exhausted)
    {
        try
        {
            return new Verdict.Tested(exhausted + OracleTest.Run(training, inference, steps));
        }
        catch (BudgetExceededException exceeded)
        {
            return new Verdict.Tested(exhausted + "the test over a prime field ended early: " + exceeded.Message);
        }
    }
}
