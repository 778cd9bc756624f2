using LayerDsl.Generator.Ir;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Evaluates an expression in double precision by its definition; shares nothing with the prover's evaluator.</summary>
internal sealed class PlainEvaluation(Func<string, long> sizeOf, Func<Tensor, IReadOnlyList<long>, double> elementOf)
{
    /// <summary>More than the rounding errors of the small expressions here.</summary>
    private const double Noise = 1e-9;

    /// <summary>Places are digits of a key; where there are more indices than fit, values are not remembered.</summary>
    private const long Digits = 256;
    private const int MostIndices = 7;

    private readonly Dictionary<(Expr Expr, long Places), double> known = [];
    private readonly Dictionary<Codebook, double[]> levelsOf = [];

    /// <summary>The value, which is remembered: parts of the expressions here occur many times.</summary>
    public double Of(Expr expr, IReadOnlyDictionary<Index, long> at)
    {
        if (expr.FreeIndexList.Length > MostIndices || expr.FreeIndexList.Any(index => at[index] is < 0 or >= Digits))
        {
            return Compute(expr, at);
        }

        var key = (expr, expr.FreeIndexList.Aggregate(0L, (places, index) => (places * Digits) + at[index]));
        return known.TryGetValue(key, out var value) ? value : known[key] = Compute(expr, at);
    }

    private double Compute(Expr expr, IReadOnlyDictionary<Index, long> at) => expr switch
    {
        Literal literal => literal.Value.ToDouble(),
        SizeValue size => size.Size.Evaluate(sizeOf),
        Access access => elementOf(access.Tensor, access.At.Select(place => PlaceOf(place, at)).ToArray()),
        LayerDsl.Generator.Ir.Inside inside => PlaceOf(inside.At, at) is var place && place >= 0 && place < inside.Size.Evaluate(sizeOf) ? 1 : 0,
        Named named => Of(named.Body, at),
        Surrogate surrogate => Of(surrogate.Value, at),
        Reduce reduce => OfReduce(reduce, at),
        Map { Function: Function.NearestLevel or Function.LevelAt } map when map.Arguments[1] is Codebook book => OfTable(map.Function, book, Of(map.Arguments[0], at)),
        Map map => Apply(map.Function, map.Arguments.Select(argument => Of(argument, at)).ToArray()),
        _ => throw new ArgumentException("unknown kind of expression: " + expr.GetType().Name, nameof(expr)),
    };

    /// <summary>The nearest level by a search through all of them; unclear where two are about as near.</summary>
    private double OfTable(Function function, Codebook book, double x)
    {
        var levels = levelsOf.TryGetValue(book, out var converted) ? converted : levelsOf[book] = [.. book.Levels.Select(level => level.ToDouble())];
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        if (function == Function.LevelAt)
        {
            return IsUnclear(x - Math.Round(x)) ? double.NaN : levels[(int)Math.Clamp(Math.Floor(x), 0, levels.Length - 1)];
        }

        var distances = levels.Select(level => Math.Abs(level - x)).ToArray();
        var nearest = Array.IndexOf(distances, distances.Min());
        return distances.Where((distance, k) => k != nearest && distance - distances[nearest] < Noise * (1 + Math.Abs(x))).Any() ? double.NaN : nearest;
    }

    private double OfReduce(Reduce reduce, IReadOnlyDictionary<Index, long> at)
    {
        var values = Enumerable.Range(0, (int)reduce.Index.Size.Evaluate(sizeOf))
            .Select(k => Of(reduce.Body, new Dictionary<Index, long>(at) { [reduce.Index] = k })).ToArray();
        return reduce.Reduction == Reduction.Sum ? values.Sum() : values.Aggregate(Math.Max); // Math.Max hands a NaN on, LINQ's Max drops it.
    }

    private long PlaceOf(AffineIndex place, IReadOnlyDictionary<Index, long> at) =>
        place.Offset.Evaluate(sizeOf) + place.Terms.Sum(term => term.Factor.Evaluate(sizeOf) * at[term.Index]);

    public static double Apply(Function function, double[] x) => function switch
    {
        Function.Add => x[0] + x[1],
        Function.Subtract => x[0] - x[1],
        Function.Negate => -x[0],
        Function.Multiply => x[0] * x[1],
        Function.Square => x[0] * x[0],
        Function.Divide => x[1] == 0 ? double.NaN : x[0] / x[1],
        Function.Sqrt => Math.Sqrt(x[0]),
        Function.Exp => Math.Exp(x[0]),
        Function.Log => Math.Log(x[0]),
        Function.Exp2 => Math.Pow(2, x[0]),
        Function.Log2 => Math.Log2(x[0]),
        Function.Atan => Math.Atan(x[0]),
        Function.Tanh => Math.Tanh(x[0]),
        Function.Abs => Math.Abs(x[0]),
        Function.Sign => IsUnclear(x[0]) ? double.NaN : Math.Sign(x[0]),
        Function.Round => IsUnclear(x[0] - Math.Floor(x[0]) - 0.5) ? double.NaN : Math.Round(x[0], MidpointRounding.ToEven),
        Function.Floor => IsUnclear(x[0] - Math.Round(x[0])) ? double.NaN : Math.Floor(x[0]),
        Function.Max => Math.Max(x[0], x[1]),
        Function.Min => Math.Min(x[0], x[1]),
        Function.GreaterOrEqual => IsUnclear(x[0] - x[1]) ? double.NaN : x[0] >= x[1] ? 1 : 0,
        Function.Greater => IsUnclear(x[0] - x[1]) ? double.NaN : x[0] > x[1] ? 1 : 0,
        Function.Select => IsUnclear(x[0]) ? double.NaN : x[0] != 0 ? x[1] : x[2],
        _ => throw new ArgumentException("not needed in these tests: " + function, nameof(function)),
    };

    /// <summary>No number, or so close to a step without being on it that rounding may have put it on the wrong side.</summary>
    private static bool IsUnclear(double distance) => double.IsNaN(distance) || (distance != 0 && Math.Abs(distance) < Noise);
}
