using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>
/// Points near the steps and kinks of sign, |·|, comparisons, maxima and roundings. A fault inside such a function shows only
/// where the argument lies between the right step and the wrong one, which points drawn at random seldom meet.
/// </summary>
internal sealed class StepPoints
{
    private const int SeedsPerShape = 2;

    /// <summary>Elements stay multiples of this: short enough to print and to be exact in double precision.</summary>
    private const double Grid = 1.0 / 1024;

    /// <summary>At and on both sides of 0, where signs and integer parts jump, and of ½, where roundings do.</summary>
    private static readonly double[] Targets = [0, -1.0 / 2, 1.0 / 2, -1.0 / 16, 1.0 / 16, 7.0 / 16, 9.0 / 16];

    private readonly Vocabulary vocabulary;
    private readonly string seed;
    private readonly Func<Point, Tensor, IReadOnlyList<long>, double> valueOf;
    private readonly Steps steps;

    private StepPoints(Vocabulary vocabulary, string seed, Func<Point, Tensor, IReadOnlyList<long>, double> valueOf, Steps steps)
    {
        this.vocabulary = vocabulary;
        this.seed = seed;
        this.valueOf = valueOf;
        this.steps = steps;
    }

    /// <param name="valueOf">The value that the caller gives to an element of a point: its number, possibly moved by a constant.</param>
    /// <param name="besides">Expressions whose steps are of no interest, unless <paramref name="unless"/> has them as well.</param>
    public static IEnumerable<Point> Of(
        Vocabulary vocabulary,
        IEnumerable<Expr> expressions,
        string seed,
        Func<Point, Tensor, IReadOnlyList<long>, double> valueOf,
        Steps steps,
        IEnumerable<Expr>? besides = null,
        IEnumerable<Expr>? unless = null)
    {
        var own = new StepPoints(vocabulary, seed, valueOf, steps);
        var excluded = (besides ?? []).SelectMany(ArgumentsOf).Except((unless ?? []).SelectMany(ArgumentsOf));
        var arguments = expressions.SelectMany(ArgumentsOf).Distinct().Except(excluded).ToArray();
        return arguments.Length == 0 ? [] : own.Shapes().SelectMany(shape => Enumerable.Range(0, SeedsPerShape)
            .SelectMany(k => arguments.SelectMany(argument => own.Near(shape, seed + "/step/" + k, argument))));
    }

    /// <summary>All sizes one, and all sizes two: sums of one value would hide what is wrong inside them.</summary>
    private IEnumerable<IReadOnlyDictionary<string, long>> Shapes()
    {
        var shapes = SmallShapes.Of(vocabulary).ToArray();
        return shapes.Take(1).Concat(shapes.Skip(1).Where(shape => shape.Values.All(size => size == 2)).Take(1));
    }

    private IEnumerable<Point> Near(IReadOnlyDictionary<string, long> shape, string pointSeed, Expr argument)
    {
        foreach (var (tensor, place) in ElementsOf(argument, shape).GroupBy(element => element.Tensor).Select(group => group.First()))
        {
            var start = new Point(shape, pointSeed);
            var before = start[tensor, place];
            if (Value(argument, start) is not { } value)
            {
                continue;
            }

            start[tensor, place] = before + 1;
            var slope = Value(argument, start) - value;
            foreach (var target in slope is { } known && Math.Abs(known) > Grid ? Targets : [])
            {
                var change = Math.Round((target - value) / slope!.Value / Grid) * Grid;
                var moved = before + Rational.FromDouble(change);
                if (Math.Abs(change) < 1 << 10 && (tensor.Domain == Domain.Real || moved.Sign > 0))
                {
                    yield return new Point(shape, pointSeed) { [tensor, place] = moved };
                }
            }
        }
    }

    /// <summary>The value with every free index 0, or null where there is none.</summary>
    private double? Value(Expr argument, Point point)
    {
        try
        {
            var evaluator = new Evaluator<Interval>(
                new IntervalArithmetic(), point.SizeOf, (tensor, place) => valueOf(point, tensor, place) is var element ? new Interval(element, element) : default, steps);
            return evaluator.Evaluate(argument, argument.FreeIndices.ToDictionary(index => index, _ => 0L)).Middle;
        }
        catch (UndefinedValueException)
        {
            return null; // Nothing to aim at here.
        }
    }

    /// <summary>The elements that are read where every index is 0, and that may take any value.</summary>
    private static IEnumerable<(Tensor Tensor, long[] Place)> ElementsOf(Expr argument, IReadOnlyDictionary<string, long> shape) =>
        Parts(argument).OfType<Access>()
            .Where(access => access.Tensor.Domain != Domain.Mask)
            .Select(access => (access.Tensor, access.At.Select(at => at.Offset.Evaluate(symbol => shape[symbol])).ToArray()));

    private static IEnumerable<Expr> ArgumentsOf(Expr expr) => Parts(expr).OfType<Map>().SelectMany(map => map.Function switch
    {
        Function.Sign or Function.Abs or Function.Round or Function.Floor or Function.Select => [map.Arguments[0]],
        Function.Max or Function.Min or Function.Greater or Function.GreaterOrEqual => [map.Arguments[0] - map.Arguments[1]],
        _ => Enumerable.Empty<Expr>(),
    });

    private static IEnumerable<Expr> Parts(Expr expr) => (expr switch
    {
        Named named => Parts(named.Body),
        Surrogate surrogate => Parts(surrogate.Value).Concat(Parts(surrogate.Derivative)),
        Reduce reduce => Parts(reduce.Body),
        MatrixInverse inverse => Parts(inverse.Body),
        Map map => map.Arguments.SelectMany(Parts),
        _ => [],
    }).Prepend(expr);
}
