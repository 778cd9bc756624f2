using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof;

/// <summary>
/// Looks for a point where two expressions differ, with the real functions in interval arithmetic, and in exact arithmetic where
/// all values are rational: what it finds is true.
/// Small shapes come first; the elements of what is found are then made as simple as the difference allows.
/// </summary>
internal sealed class Refuter
{
    private const int SeedsPerShape = 8;

    private readonly Expr left;
    private readonly Expr right;
    private readonly Vocabulary vocabulary;
    private readonly Steps steps;
    private readonly string seed;
    private (Point Point, bool OnLeft, string Reason)? gap;

    public Refuter(Expr left, Expr right, Steps steps)
    {
        this.left = left;
        this.right = right;
        this.steps = steps;
        vocabulary = new Vocabulary(left, right);
        seed = left + " = " + right;
    }

    /// <summary>How many points had a value on both sides that could be compared.</summary>
    public int PointsCompared { get; private set; }

    /// <summary>The counterexample in words, or null where every point agrees.</summary>
    public string? Search(string leftName, string rightName)
    {
        foreach (var point in Points())
        {
            if (Difference(point) is not null)
            {
                Simplify(point);
                return Describe(point, Difference(point)!.Value, leftName, rightName);
            }
        }

        return PointsCompared == 0 && gap is { } only
            ? $"with {Elements(only.Point)} {(only.OnLeft ? leftName : rightName)} has no value ({only.Reason}), {(only.OnLeft ? rightName : leftName)} has one"
            : null;
    }

    /// <summary>Points drawn at random, the smallest first; then points near the steps of step functions.</summary>
    private IEnumerable<Point> Points() => SmallShapes.Of(vocabulary)
        .SelectMany(shape => Enumerable.Range(0, SeedsPerShape).Select(k => new Point(shape, seed + "/" + k)))
        .Concat(StepPoints.Of(vocabulary, [left, right], seed, (point, tensor, place) => point[tensor, place].ToDouble(), steps));

    private void Simplify(Point point)
    {
        foreach (var tensor in vocabulary.Tensors)
        {
            if (tensor.HasOrthonormalRows)
            {
                continue; // One element alone cannot change.
            }

            var simple = tensor.Entries is not null ? [0] : tensor.Domain == Domain.Real ? new Rational[] { 0, 1, -1, 2, -2, 3 } : tensor.Domain == Domain.Mask ? [0, 1] : [1, 2, 3];
            foreach (var place in point.PlacesOf(tensor))
            {
                TrySimpler(point, tensor, place, simple);
            }
        }
    }

    private void TrySimpler(Point point, Tensor tensor, long[] place, Rational[] simple)
    {
        var before = point[tensor, place];
        foreach (var value in simple)
        {
            point[tensor, place] = value;
            if (value == before || Difference(point) is not null)
            {
                return;
            }
        }

        point[tensor, place] = before;
    }

    private (long[] Place, Interval Left, Interval Right)? Difference(Point point)
    {
        try
        {
            var evaluator = new Evaluator<Interval>(new IntervalArithmetic(), point.SizeOf, (tensor, place) => ElementOf(point, tensor, place), steps)
            {
                EntryOf = (table, place) => (long)point[table, place].ToDouble(),
            };
            foreach (var place in Point.Places(vocabulary.Free.Select(index => evaluator.SizeOf(index.Size)).ToArray()))
            {
                var at = vocabulary.Free.Select((index, k) => (index, place: place[k])).ToDictionary(pair => pair.index, pair => pair.place);
                var (a, b) = (Value(evaluator, left, at), Value(evaluator, right, at));
                if (a.Interval is { } x && b.Interval is { } y && x.Apart(y) && Confirms(point, at))
                {
                    return (place, x, y);
                }

                if (a.Interval is null || b.Interval is null)
                {
                    NoteGap(point, a, b);
                    return null;
                }
            }

            PointsCompared++;
            return null;
        }
        catch (UndefinedValueException)
        {
            return null; // Too close to call here, so no difference: the next point decides.
        }
    }

    /// <summary>False only where both values are rational and exact arithmetic finds them the same.</summary>
    private bool Confirms(Point point, IReadOnlyDictionary<Index, long> at)
    {
        try
        {
            var exact = new Evaluator<Rational>(new ExactArithmetic(), point.SizeOf, (tensor, place) => point[tensor, place], steps)
            {
                EntryOf = (table, place) => (long)point[table, place].ToDouble(),
            };
            return exact.Evaluate(left, at) != exact.Evaluate(right, at);
        }
        catch (UndefinedValueException)
        {
            return true; // A function leaves the rational numbers: the intervals, which enclose the values, decide.
        }
    }

    /// <summary>The value, or the reason why there is none.</summary>
    private static (Interval? Interval, string Reason) Value(Evaluator<Interval> evaluator, Expr expr, IReadOnlyDictionary<Index, long> at)
    {
        try
        {
            return (evaluator.Evaluate(expr, at), string.Empty);
        }
        catch (UndefinedValueException undefined) when (undefined.IsCertain)
        {
            return (null, undefined.Message);
        }
    }

    private void NoteGap(Point point, (Interval? Interval, string Reason) a, (Interval? Interval, string Reason) b)
    {
        if (a.Interval is null != b.Interval is null)
        {
            gap ??= (point, a.Interval is null, a.Reason + b.Reason);
        }
    }

    private string Elements(Point point) => string.Join(", ", vocabulary.Tensors
        .OrderBy(tensor => tensor.Role == TensorRole.Input ? 0 : 1)
        .Select(tensor => tensor.Name + "=" + point.Print(tensor)));

    private static Interval ElementOf(Point point, Tensor tensor, IReadOnlyList<long> place) => new IntervalArithmetic().Number(point[tensor, place]);

    private string Describe(Point point, (long[] Place, Interval Left, Interval Right) difference, string leftName, string rightName)
    {
        var elements = Elements(point);
        var at = string.Join(",", vocabulary.Free.Select((index, k) => (index, k)).Where(pair => pair.index.Size.Evaluate(point.SizeOf) > 1)
            .Select(pair => pair.index.Name + "=" + difference.Place[pair.k]));
        var (a, b) = (Text(difference.Left, "G6"), Text(difference.Right, "G6"));
        if (a == b)
        {
            (a, b) = (Text(difference.Left, "G14"), Text(difference.Right, "G14"));
        }

        var sizes = vocabulary.Tensors.Any(tensor => tensor.Axes.Count > 0)
            ? string.Empty
            : string.Concat(point.Sizes.Select(pair => $", {pair.Key}={pair.Value}"));
        return $"with {elements}{sizes} {leftName} gives {a}, {rightName} gives {b}" + (at.Length > 0 ? " at " + at : string.Empty);
    }

    private static string Text(Interval value, string format) => value.Middle.ToString(format, CultureInfo.InvariantCulture);
}
