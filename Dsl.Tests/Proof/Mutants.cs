using LayerDsl.Generator;
using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Tests.Proof;

/// <summary>Plants one fault at a time into an expression, at every place where it fits.</summary>
internal static class Mutants
{
    public static IEnumerable<(string Fault, Expr Mutant)> Of(Expr expr) => Local(expr).Concat(Inside(expr));

    private static IEnumerable<(string Fault, Expr Mutant)> Inside(Expr expr) => expr switch
    {
        Named named => Of(named.Body).Select(m => (m.Fault, (Expr)new Named(named.Name, m.Mutant))),
        Surrogate surrogate => Of(surrogate.Value).Where(m => surrogate.Derivative.FreeIndices.IsSubsetOf(m.Mutant.FreeIndices))
            .Select(m => (m.Fault, (Expr)new Surrogate(surrogate.Name, m.Mutant, surrogate.Derivative))),
        Reduce reduce => Of(reduce.Body).Select(m => (m.Fault, Simplifier.Reduce(reduce.Reduction, reduce.Index, m.Mutant))),
        Map map => map.Arguments.SelectMany((argument, k) => Of(argument).Select(m => (m.Fault,
            Simplifier.Map(map.Function, map.Arguments.Select((other, j) => j == k ? m.Mutant : other).ToArray())))),
        _ => [],
    };

    private static IEnumerable<(string Fault, Expr Mutant)> Local(Expr expr) => expr switch
    {
        Map map => OfMap(map),
        Access access => OfAccess(access),
        Literal literal => [("constant plus one", literal.Value + 1), ("constant minus one", literal.Value - 1), ("constant doubled", literal.Value * 2)],
        SizeValue size => [("size plus one", new SizeValue(size.Size + Size.One)), ("size missing", 1)],
        Reduce sum => [("sum halved", sum / 2), ("mean for sum", sum / new SizeValue(sum.Index.Size))],
        LayerDsl.Generator.Ir.Inside inside => [("padding off by one", Operators.Inside(inside.At + Size.One, inside.Size)), ("padding missing", 1)],
        _ => [],
    };

    private static IEnumerable<(string Fault, Expr Mutant)> OfMap(Map map)
    {
        var x = map.Arguments;
        switch (map.Function)
        {
            case Function.Add:
                return [("term dropped", x[0]), ("other term dropped", x[1]), ("term doubled", x[0] + (2 * x[1])), ("wrong sign", x[0] - x[1])];
            case Function.Subtract:
                return [("term dropped", x[0]), ("wrong sign", x[0] + x[1]), ("swapped", x[1] - x[0])];
            case Function.Multiply:
                return [("factor dropped", x[0]), ("other factor dropped", x[1]), ("factor squared", x[0] * x[1] * x[1]), ("sum for product", x[0] + x[1])];
            case Function.Divide:
                return [("divisor dropped", x[0]), ("product for quotient", x[0] * x[1]), ("swapped", x[1] / x[0])];
            case Function.Sqrt:
                return [("root dropped", x[0])];
            case Function.Atan:
                return [("tanh for arctan", Tanh(x[0])), ("arctan dropped", x[0])];
            case Function.Exp:
                return [("exp dropped", x[0]), ("exp of minus", Exp(-x[0]))];
            case Function.Log:
                return [("ln doubled", 2 * map), ("log2 for ln", Log2(x[0]))];
            case Function.Abs:
                return [("absolute value dropped", x[0])];
            case Function.Sign:
                return [("sign dropped", 1)];
            case Function.Round:
                return [("floor for round", Floor(x[0])), ("rounding dropped", x[0])];
            case Function.Floor:
                return [("round for floor", Round(x[0])), ("floor dropped", x[0])];
            case Function.Exp2:
                return [("exp for exp2", Exp(x[0])), ("exp2 of minus", Exp2(-x[0]))];
            case Function.Log2:
                return [("ln for log2", Log(x[0])), ("log2 dropped", x[0])];
            case Function.Max:
                return [("min for max", Min(x[0], x[1])), ("bound dropped", x[0]), ("other side dropped", x[1])];
            case Function.Min:
                return [("max for min", Max(x[0], x[1])), ("bound dropped", x[0]), ("other side dropped", x[1])];
            case Function.GreaterOrEqual:
                return [("other way round", GreaterOrEqual(x[1], x[0])), ("strict", Greater(x[0], x[1])), ("always", 1)];
            case Function.Greater:
                return [("other way round", Greater(x[1], x[0])), ("not strict", GreaterOrEqual(x[0], x[1])), ("never", 0)];
            case Function.Select:
                return [("branches swapped", Select(x[0], x[2], x[1])), ("always the first", x[1]), ("always the second", x[2])];
            default:
                return [("negated", -(Expr)map)];
        }
    }

    private static IEnumerable<(string Fault, Expr Mutant)> OfAccess(Access access)
    {
        yield return ("stored value doubled", 2 * (Expr)access);
        yield return ("stored value negated", -(Expr)access);
        yield return ("stored value off by one", 1 + (Expr)access);
        for (var a = 0; a < access.At.Count; a++)
        {
            for (var b = a + 1; b < access.At.Count; b++)
            {
                var at = access.At.ToArray();
                (at[a], at[b]) = (at[b], at[a]);
                if (TryAccess(access.Tensor, at) is { } swapped)
                {
                    yield return ("indices swapped", swapped);
                }
            }

            if (access.At[a].Plain is null)
            {
                var at = access.At.ToArray();
                at[a] = at[a] + Size.One;
                yield return ("window off by one", new Access(access.Tensor, at.ToEquatableArray()));
            }
        }
    }

    /// <summary>Swapped indices fit only where the sizes are the same.</summary>
    private static Access? TryAccess(Tensor tensor, AffineIndex[] at) =>
        at.Select((place, k) => place.Plain is not { } plain || plain.Size == tensor.Axes[k].Size).All(fits => fits)
            ? new Access(tensor, at.ToEquatableArray())
            : null;
}
