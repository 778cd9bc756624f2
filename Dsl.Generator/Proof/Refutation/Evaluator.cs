using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof.Refutation;

/// <summary>Evaluates an expression at given sizes and tensor values with the real functions, in double precision.</summary>
internal sealed class Evaluator
{
    private readonly Func<string, long> sizeOf;
    private readonly Func<Tensor, long, double> valueOf;
    private readonly Dictionary<Index, long> indices = [];

    /// <param name="sizeOf">The value of each size symbol.</param>
    /// <param name="valueOf">The value of a tensor at a position, row major.</param>
    public Evaluator(Func<string, long> sizeOf, Func<Tensor, long, double> valueOf)
    {
        this.sizeOf = sizeOf;
        this.valueOf = valueOf;
    }

    /// <summary>The value where the free indices are as given.</summary>
    public double At(Expr expr, IEnumerable<KeyValuePair<Index, long>> free)
    {
        indices.Clear();
        foreach (var pair in free)
        {
            indices[pair.Key] = pair.Value;
        }

        return Value(expr);
    }

    private double Value(Expr expr) => expr switch
    {
        Literal literal => literal.Value.ToDouble(),
        SizeValue size => size.Size.Evaluate(sizeOf),
        Access access => Read(access),
        Ir.Inside inside => Place(inside.At) is var place && place >= 0 && place < inside.Size.Evaluate(sizeOf) ? 1 : 0,
        Named named => Value(named.Body),
        Surrogate surrogate => Value(surrogate.Value),
        Reduce reduce => Fold(reduce),
        Map map => Apply(map),
        _ => double.NaN,
    };

    /// <summary>Outside of a tensor there is nothing to read; expressions guard such places with a factor that is 0 there.</summary>
    private double Read(Access access)
    {
        var position = 0L;
        for (var axis = 0; axis < access.At.Count; axis++)
        {
            var size = access.Tensor.Axes[axis].Size.Evaluate(sizeOf);
            var place = Place(access.At[axis]);
            if (place < 0 || place >= size)
            {
                return 0;
            }

            position = (position * size) + place;
        }

        return valueOf(access.Tensor, position);
    }

    private long Place(AffineIndex at) => at.Terms.Aggregate(at.Offset.Evaluate(sizeOf), (sum, term) => sum + (term.Factor.Evaluate(sizeOf) * indices[term.Index]));

    private double Fold(Reduce reduce)
    {
        var had = indices.TryGetValue(reduce.Index, out var outer);
        var result = reduce.Reduction == Reduction.Sum ? 0 : double.NegativeInfinity;
        for (var k = 0L; k < reduce.Index.Size.Evaluate(sizeOf); k++)
        {
            indices[reduce.Index] = k;
            var value = Value(reduce.Body);
            result = reduce.Reduction == Reduction.Sum ? result + value : Math.Max(result, value);
        }

        if (had)
        {
            indices[reduce.Index] = outer;
        }
        else
        {
            indices.Remove(reduce.Index);
        }

        return result;
    }

    private double Apply(Map map)
    {
        var x = map.Arguments.Select(Value).ToArray();
        return map.Function switch
        {
            Function.Add => x[0] + x[1],
            Function.Subtract => x[0] - x[1],
            Function.Multiply => x[0] * x[1],
            Function.Divide => x[0] / x[1],
            Function.Negate => -x[0],
            Function.Square => x[0] * x[0],
            Function.Sqrt => Math.Sqrt(x[0]),
            Function.Exp => Math.Exp(x[0]),
            Function.Exp2 => Math.Pow(2, x[0]),
            Function.Log => Math.Log(x[0]),
            Function.Log2 => Math.Log(x[0], 2),
            Function.Sin => Math.Sin(x[0]),
            Function.Cos => Math.Cos(x[0]),
            Function.Tan => Math.Tan(x[0]),
            Function.Atan => Math.Atan(x[0]),
            Function.Tanh => Math.Tanh(x[0]),
            Function.Atanh => 0.5 * Math.Log((1 + x[0]) / (1 - x[0])),
            Function.Abs => Math.Abs(x[0]),
            Function.Sign => double.IsNaN(x[0]) ? double.NaN : Math.Sign(x[0]),
            Function.Round => Math.Round(x[0], MidpointRounding.ToEven),
            Function.Floor => Math.Floor(x[0]),
            Function.Max => Math.Max(x[0], x[1]),
            Function.Min => Math.Min(x[0], x[1]),
            Function.Greater => x[0] > x[1] ? 1 : 0,
            Function.GreaterOrEqual => x[0] >= x[1] ? 1 : 0,
            Function.Select => x[0] != 0 ? x[1] : x[2],
            Function.Erf => Erf(x[0]),
            _ => double.NaN,
        };
    }

    /// <summary>The Maclaurin series of erf, which converges everywhere and is exact to double precision for the small arguments used here.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum) && n < 400; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
