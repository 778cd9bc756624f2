using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>What pointwise functions cost in vector loops, in additions: their own, and as many as their polynomials have.</summary>
internal static class KernelCosts
{
    /// <summary>A value of this cost is worth a store and a load in the nearest cache.</summary>
    public const int WorthKeeping = 6;

    /// <summary>Whether a loop can compute the function.</summary>
    public static bool Supports(Function function) => function is not (Function.Sin or Function.Cos or Function.Tan or Function.Atanh or Function.Erf or Function.NearestLevel or Function.LevelAt);

    /// <summary>The cost of a chain at one place, where what it reads is at hand.</summary>
    public static int Of(Pointwise body) => body is Pointwise.Apply apply ? Of(apply.Function) + apply.Arguments.Sum(Of) : 0;

    private static int Of(Function function) => function switch
    {
        Function.Exp or Function.Exp2 => 12,
        Function.Log or Function.Log2 => 20,
        Function.Atan => 24,
        Function.Tanh => 30,
        Function.NearestLevel or Function.LevelAt => 8, // on a device: comparisons
        Function.Divide or Function.Sqrt => 5,
        Function.Negate or Function.Abs => 0,
        _ => 1,
    };
}
