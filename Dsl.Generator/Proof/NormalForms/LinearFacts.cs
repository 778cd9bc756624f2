using System.Collections.Immutable;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.NormalForms;

/// <summary>
/// Inequalities between normal forms that hold in one case of a proof by cases. Every product counts as a variable of its own,
/// and Fourier–Motzkin elimination decides whether all can hold at once. Forgetting how products depend on each other only
/// keeps cases that cannot occur.
/// </summary>
internal sealed record LinearFacts(ImmutableList<LinearFact> All)
{
    private const int MostFacts = 60;

    public static LinearFacts None { get; } = new([]);

    /// <summary>Adds a ≥ 0, or a &gt; 0.</summary>
    public LinearFacts With(Polynomial a, bool strict) => new(All.Add(new LinearFact(a, strict)));

    /// <summary>Replaces what another case distinction has decided.</summary>
    public LinearFacts Select(Func<Polynomial, Polynomial> change) => new(All.ConvertAll(fact => fact with { Value = change(fact.Value) }));

    /// <summary>Whether no values satisfy all facts. False may also mean that there were too many to tell.</summary>
    public bool AreContradictory()
    {
        IReadOnlyList<LinearFact> facts = [.. All, .. Signs()];
        while (facts.All(fact => fact.Value.Constant is null || !Fails(fact)))
        {
            if (Variables(facts).FirstOrDefault() is not { } variable)
            {
                return false;
            }

            facts = Eliminate(facts, variable);
            if (facts.Count > MostFacts)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Fails(LinearFact fact) => fact.Value.Constant is { } number && (number.Sign < 0 || (fact.Strict && number.IsZero));

    /// <summary>What is known of the products themselves.</summary>
    private IEnumerable<LinearFact> Signs() => All.SelectMany(fact => fact.Value.Terms)
        .Where(term => SignFacts.Of(term.Product) != SignFact.Unknown)
        .GroupBy(term => term.Product.Key)
        .Select(group => new LinearFact(Polynomial.Of(group.First().Product), SignFacts.Of(group.First().Product) == SignFact.Positive));

    private static IEnumerable<string> Variables(IEnumerable<LinearFact> facts) =>
        facts.SelectMany(fact => fact.Value.Terms).Select(term => term.Product.Key).Where(key => key != Product.One.Key);

    /// <summary>Every lower bound of the variable lies below every upper bound.</summary>
    private static IReadOnlyList<LinearFact> Eliminate(IReadOnlyList<LinearFact> facts, string variable)
    {
        var lower = facts.Where(fact => CoefficientIn(fact, variable).Sign > 0).ToArray();
        var upper = facts.Where(fact => CoefficientIn(fact, variable).Sign < 0).ToArray();
        var pairs =
            from low in lower
            from high in upper
            select new LinearFact((low.Value * -CoefficientIn(high, variable)) + (high.Value * CoefficientIn(low, variable)), low.Strict || high.Strict);
        return [.. facts.Except(lower).Except(upper), .. pairs];
    }

    private static Rational CoefficientIn(LinearFact fact, string variable) =>
        fact.Value.Terms.FirstOrDefault(term => term.Product.Key == variable) is { Product: not null } term ? term.Coefficient : Rational.Zero;
}

/// <summary>Value ≥ 0, or value &gt; 0.</summary>
internal readonly record struct LinearFact(Polynomial Value, bool Strict);
