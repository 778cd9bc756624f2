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
    private const int SeedsPerPair = 3;

    private readonly Expr left;
    private readonly Expr right;
    private readonly Vocabulary vocabulary;
    private readonly Func<Steps> budget;
    private readonly string seed;
    private Steps steps;
    private (Point Point, bool OnLeft, string Reason)? gap;

    /// <param name="budget">The steps that each kind of points may take.</param>
    public Refuter(Expr left, Expr right, Func<Steps> budget)
    {
        this.left = left;
        this.right = right;
        this.budget = budget;
        steps = budget();
        vocabulary = new Vocabulary(left, right);
        seed = left + " = " + right;
    }

    /// <summary>How many points had a value on both sides that could be compared.</summary>
    public int PointsCompared { get; private set; }

    /// <summary>The counterexample at one of the smallest points, in words, or null where these agree or would take too many steps.</summary>
    public string? SearchSmallest(string leftName, string rightName)
    {
        try
        {
            return Points().First()().FirstOrDefault(point => Difference(point) is not null) is { } found ? Simplified(found, leftName, rightName) : null;
        }
        catch (BudgetExceededException)
        {
            return null; // The other kinds of points, and the proof, may still tell.
        }
    }

    /// <summary>The counterexample in words, or null where every point agrees.</summary>
    /// <exception cref="BudgetExceededException">Some points were left out, and the others agree.</exception>
    public string? Search(string leftName, string rightName)
    {
        BudgetExceededException? exceeded = null;
        foreach (var points in Points())
        {
            try
            {
                steps = budget();
                if (points().FirstOrDefault(point => Difference(point) is not null) is { } found)
                {
                    return Simplified(found, leftName, rightName);
                }
            }
            catch (BudgetExceededException reason)
            {
                exceeded ??= reason; // The other kinds of points may still tell.
            }
        }

        // The right side stands for what is computed instead: it must have a value wherever the left side has one.
        return gap is { } only && (PointsCompared == 0 || !only.OnLeft)
            ? $"with {Elements(only.Point)} {(only.OnLeft ? leftName : rightName)} has no value ({only.Reason}), {(only.OnLeft ? rightName : leftName)} has one"
            : exceeded is null ? null : throw exceeded;
    }

    /// <summary>Points drawn at random, the smallest first; zeros, ties and extremes; points near the steps of step functions; random points of larger sizes.</summary>
    private IEnumerable<Func<IEnumerable<Point>>> Points()
    {
        var small = 1 + vocabulary.Symbols.Count;
        yield return () => SmallShapes.Of(vocabulary).Take(small).SelectMany(shape => Drawn(shape, SeedsPerShape));
        yield return () => SmallShapes.Pairs(vocabulary).SelectMany(shape => Drawn(shape, SeedsPerPair));
        yield return () => SpecialPoints.Of(vocabulary, [left, right], seed);
        yield return () => StepPoints.Of(vocabulary, [left, right], seed, (point, tensor, place) => point[tensor, place].ToDouble(), steps);
        yield return () => SmallShapes.Of(vocabulary).Skip(small).SelectMany(shape => Drawn(shape, SeedsPerShape));
    }

    /// <summary>The counterexample with elements as simple as the steps allow.</summary>
    private string Simplified(Point point, string leftName, string rightName)
    {
        var found = Difference(point)!.Value;
        steps = budget();
        try
        {
            Simplify(point);
            found = Difference(point)!.Value;
        }
        catch (BudgetExceededException)
        {
            steps = budget(); // What is simple so far is shown.
            found = Difference(point)!.Value;
        }

        return Describe(point, found, leftName, rightName);
    }

    private IEnumerable<Point> Drawn(IReadOnlyDictionary<string, long> shape, int seeds) => Enumerable.Range(0, seeds).Select(k => new Point(shape, seed + "/" + k));

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
        var kept = false;
        try
        {
            foreach (var value in simple)
            {
                point[tensor, place] = value;
                kept = value == before || Difference(point) is not null;
                if (kept)
                {
                    return;
                }
            }
        }
        finally
        {
            point[tensor, place] = kept ? point[tensor, place] : before;
        }
    }

    private (long[] Place, Interval Left, Interval Right)? Difference(Point point)
    {
        var values = new PointValues(left, right, point, steps);
        var compared = true;
        foreach (var place in Point.Places(vocabulary.Free.Select(index => index.Size.Evaluate(point.SizeOf)).ToArray()))
        {
            var at = vocabulary.Free.Select((index, k) => (index, place: place[k])).ToDictionary(pair => pair.index, pair => pair.place);
            var (a, b) = values.At(at);
            if (a.Interval is { } x && b.Interval is { } y && x.Apart(y))
            {
                return (place, x, y);
            }

            compared &= a.Interval is not null && b.Interval is not null;
            NoteGap(point, a, b);
        }

        PointsCompared += compared ? 1 : 0;
        return null;
    }

    private void NoteGap(Point point, PointValue a, PointValue b)
    {
        var onLeft = a.Gap is not null;
        if (onLeft ? b.Interval is not null : b.Gap is not null && a.Interval is not null && gap is not { OnLeft: false })
        {
            gap = (point, onLeft, (a.Gap ?? b.Gap)!);
        }
    }

    private string Elements(Point point) => string.Join(", ", vocabulary.Tensors
        .OrderBy(tensor => tensor.Role == TensorRole.Input ? 0 : 1)
        .Select(tensor => tensor.Name + "=" + point.Print(tensor)));

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
