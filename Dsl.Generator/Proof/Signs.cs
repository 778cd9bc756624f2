using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof;

/// <summary>What the form of an expression tells about its sign.</summary>
internal static class Signs
{
    /// <summary>Positive where the expression can have no negative value, whatever the numbers in it; zero counts as positive.</summary>
    public static Domain DomainOf(Expr expr) => IsNeverNegative(expr) ? Domain.Positive : Domain.Real;

    private static bool IsNeverNegative(Expr expr) => expr switch
    {
        Literal literal => literal.Value.Sign >= 0,
        SizeValue => true,
        Access access => access.Tensor.Domain != Domain.Real,
        Named named => IsNeverNegative(named.Body),
        Surrogate surrogate => IsNeverNegative(surrogate.Value),
        Reduce reduce => IsNeverNegative(reduce.Body),
        Map map => IsNeverNegative(map),
        _ => false,
    };

    private static bool IsNeverNegative(Map map) => map.Function switch
    {
        Function.Abs or Function.Sqrt or Function.Exp or Function.Exp2 or Function.Greater or Function.GreaterOrEqual => true,
        Function.Max => map.Arguments.Any(IsNeverNegative),
        Function.Add or Function.Min or Function.Divide => map.Arguments.All(IsNeverNegative),
        Function.Multiply => map.Arguments.All(IsNeverNegative) || map.Arguments[0].Equals(map.Arguments[1]),
        _ => false,
    };
}
