using System.Collections.Immutable;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Laws;

/// <summary>One law of a function: its name, which is the identity itself, and how it brings the function of normal forms closer to normal form.</summary>
/// <param name="Name">The identity, as the certificate lists it.</param>
/// <param name="Condition">Where it holds; checked by the rewrite, or reported through <see cref="Steps.Assume"/>.</param>
/// <param name="Rewrite">The right side, or null where the left side or the condition does not match.</param>
internal sealed record Law(string Name, string Condition, Func<Algebra, ImmutableArray<Polynomial>, Polynomial?> Rewrite);

/// <summary>The laws of each function, in the order in which they are tried.</summary>
internal static class LawTable
{
    public const string Always = "always";

    public static IReadOnlyList<Law> Of(Function function) => function switch
    {
        Function.Exp => ExponentialLaws.Exp,
        Function.Exp2 => ExponentialLaws.Exp2,
        Function.Log => ExponentialLaws.Log,
        Function.Log2 => ExponentialLaws.Log2,
        Function.Abs => SignLaws.Abs,
        Function.Sign => SignLaws.Sign,
        Function.Sin or Function.Tan or Function.Atan or Function.Tanh or Function.Atanh or Function.Erf => SignLaws.OddFunctions(function),
        Function.Cos => SignLaws.Cos,
        Function.Round => RoundingLaws.Round,
        Function.Floor => RoundingLaws.Floor,
        Function.Max => OrderLaws.Max,
        Function.Min => OrderLaws.Min,
        Function.GreaterOrEqual => OrderLaws.GreaterOrEqual,
        Function.Greater => OrderLaws.Greater,
        Function.Select => OrderLaws.Select,
        _ => [],
    };
}
