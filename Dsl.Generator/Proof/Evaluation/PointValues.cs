using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>The value of an expression at a point, or why it certainly has none. Neither where it is too close to call.</summary>
internal readonly record struct PointValue(Interval? Interval, string? Gap);

/// <summary>
/// The values of two expressions at a point: in intervals, and in exact arithmetic where these leave a step undecided or where a
/// difference is to be confirmed. Exact arithmetic has no value where a function leaves the rational numbers.
/// </summary>
internal sealed class PointValues
{
    /// <summary>An enclosure wider than that, relative to its size, has an undecided step in it.</summary>
    private const double Narrow = 1e-6;

    private readonly Expr left;
    private readonly Expr right;
    private readonly Evaluator<Interval> intervals;
    private readonly Evaluator<Rational> exact;

    public PointValues(Expr left, Expr right, Point point, Steps steps)
    {
        this.left = left;
        this.right = right;
        var arithmetic = new IntervalArithmetic { EnclosesSteps = true };
        intervals = new(arithmetic, point.SizeOf, (tensor, place) => arithmetic.Number(point[tensor, place]), steps) { EntryOf = (table, place) => (long)point[table, place].ToDouble() };
        exact = new(new ExactArithmetic(), point.SizeOf, (tensor, place) => point[tensor, place], steps) { EntryOf = (table, place) => (long)point[table, place].ToDouble() };
    }

    public (PointValue Left, PointValue Right) At(IReadOnlyDictionary<Index, long> at)
    {
        var (a, b) = (Value(left, at), Value(right, at));
        if (a.Gap is not null || b.Gap is not null || (IsNarrow(a) && IsNarrow(b) && !a.Interval!.Value.Apart(b.Interval!.Value)))
        {
            return (a, b);
        }

        try
        {
            var (x, y) = (exact.Evaluate(left, at), exact.Evaluate(right, at));
            return x == y ? (a, a) : (Exactly(x, y), Exactly(y, x));
        }
        catch (UndefinedValueException)
        {
            return (a, b); // Not rational: the intervals, which enclose the values, decide.
        }
    }

    /// <summary>An enclosure that lies apart from the other value's: the numbers differ, though their doubles may not.</summary>
    private static PointValue Exactly(Rational value, Rational other)
    {
        var number = value.ToDouble();
        var apart = number == other.ToDouble() && value > other ? number + Math.Max(Math.Abs(number) * 4.5e-16, double.Epsilon) : number;
        return new(new Interval(apart, apart), null);
    }

    private static bool IsNarrow(PointValue value) => value.Interval is { } interval && interval.High - interval.Low <= Narrow * Math.Max(Math.Abs(interval.High), Math.Abs(interval.Low));

    private PointValue Value(Expr expr, IReadOnlyDictionary<Index, long> at)
    {
        try
        {
            return new(intervals.Evaluate(expr, at), null);
        }
        catch (UndefinedValueException undefined)
        {
            return new(null, undefined.IsCertain ? undefined.Message : null);
        }
    }
}
