using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof;

/// <summary>What the check of a backward pass found out.</summary>
/// <param name="Error">Where a gradient is not the derivative, in words; null where none was found.</param>
/// <param name="Surrogates">The names of the surrogates whose declared derivative was taken for the real one.</param>
/// <param name="Points">At how many points the check was made.</param>
internal sealed record GradientReport(string? Error, EquatableArray<string> Surrogates, int Points);

/// <summary>
/// Checks gradient expressions against forward-mode derivatives: for random directions u of one tensor and output
/// gradients v, ⟨v, J u⟩ must equal ⟨Jᵀ v, u⟩.
/// </summary>
internal static class GradientCheck
{
    public const long StepLimit = 400_000;

    private const int SeedsPerShape = 6;
    private const int PointsWanted = 4;
    private const double Tolerance = 1e-9;

    /// <summary>A point where both sides have a value, with the mismatch in words if there is one, or where a gradient has none.</summary>
    private readonly record struct Outcome(string? Error, string? Gap);

    /// <param name="forward">The forward form.</param>
    /// <param name="outputGradient">The tensor v, over the output's indices.</param>
    /// <param name="gradients">For each tensor the expression of its gradient, over its own axes.</param>
    public static GradientReport Run(
        Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients, CancellationToken cancellation)
    {
        var vocabulary = new Vocabulary([forward, outputGradient.All, .. gradients.Select(pair => pair.Gradient)]);
        var surrogates = SurrogatesOf(forward).Distinct().ToEquatableArray();
        var steps = new Steps(StepLimit, cancellation);
        var points = 0;
        string? gap = null;
        try
        {
            var drawn = SmallShapes.Of(vocabulary).Reverse()
                .SelectMany(shape => Enumerable.Range(0, SeedsPerShape).Select(k => new Point(shape, forward + "/gradient/" + k)))
                .TakeWhile(_ => points < PointsWanted);
            var near = StepPoints.Of(
                vocabulary, gradients.Select(pair => pair.Gradient).Prepend(forward), forward + "/gradient", (point, tensor, place) => ElementOf(point, tensor, place, null).Value, steps);
            foreach (var point in drawn.Concat(near))
            {
                switch (Compare(forward, outputGradient, gradients, point, steps))
                {
                    case { Error: { } error }:
                        return new GradientReport(error, surrogates, points);
                    case { Gap: { } reason }:
                        gap ??= reason;
                        break;
                    case { }:
                        points++;
                        break;
                }
            }
        }
        catch (BudgetExceededException)
        {
            // The points that were checked count; the report says how many there are.
        }

        // A gradient may be undefined at single points, as at a kink, but not wherever the layer has a derivative.
        return new GradientReport(points == 0 ? gap : null, surrogates, points);
    }

    /// <summary>The first mismatch or gap, neither where all gradients fit, null where the point cannot be used.</summary>
    private static Outcome? Compare(Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients, Point point, Steps steps)
    {
        foreach (var (tensor, gradient) in gradients)
        {
            var (ahead, aheadSize) = Forward(forward, outputGradient, tensor, point, steps);
            if (double.IsNaN(ahead) || double.IsInfinity(ahead))
            {
                return null;
            }

            var (enclosure, gap) = Backward(gradient, tensor, point, steps);
            if (enclosure is not { } back)
            {
                return gap is null ? null : new Outcome(null, $"for '{tensor.Name}' the gradient has no value ({gap}) where the layer has a derivative");
            }

            var slack = Tolerance * (aheadSize + Math.Abs(back.Middle));
            if (ahead < back.Low - slack || ahead > back.High + slack)
            {
                return new Outcome($"for '{tensor.Name}' the derivative along a random direction is {Text(ahead)}, the gradient says {Text(back.Middle)}", null);
            }
        }

        return default(Outcome);
    }

    /// <summary>⟨v, J u⟩ and the sum of its absolute terms.</summary>
    private static (double Product, double Size) Forward(Expr forward, Tensor outputGradient, Tensor moved, Point point, Steps steps)
    {
        var evaluator = new Evaluator<Dual>(new DualNumbers(), point.SizeOf, (tensor, place) => ElementOf(point, tensor, place, moved), steps)
        {
            Differentiated = true,
        };
        return Sum(point.PlacesOf(outputGradient).Select(place =>
            ElementOf(point, outputGradient, place, null).Value * evaluator.Evaluate(forward, At(outputGradient, place)).Derivative));
    }

    /// <summary>
    /// An enclosure of ⟨Jᵀ v, u⟩; where there is none, the reason if a term certainly has no value. In intervals, because a right gradient may cancel: where
    /// tanh is almost 1, <c>1 - tanh²</c> has few digits left, and that is no fault of the formula.
    /// </summary>
    private static (Interval? Enclosure, string? Gap) Backward(Expr gradient, Tensor tensor, Point point, Steps steps)
    {
        var arithmetic = new IntervalArithmetic();
        var evaluator = new Evaluator<Interval>(arithmetic, point.SizeOf, (other, place) => Exactly(ElementOf(point, other, place, null).Value), steps);
        try
        {
            return (point.PlacesOf(tensor).Aggregate(Exactly(0), (sum, place) => arithmetic.Add(
                sum, arithmetic.Multiply(evaluator.Evaluate(gradient, At(tensor, place)), Exactly(ElementOf(point, tensor, place, tensor).Derivative)))), null);
        }
        catch (UndefinedValueException undefined)
        {
            return (null, undefined.IsCertain ? undefined.Message : null);
        }
    }

    private static Interval Exactly(double value) => new(value, value);

    /// <summary>Elements are no short fractions: ties and kinks are then met with probability zero.</summary>
    private static Dual ElementOf(Point point, Tensor tensor, IReadOnlyList<long> place, Tensor? moved)
    {
        var text = tensor.Name + string.Join(",", place);
        var offset = tensor.Domain == Domain.Mask || tensor.HasOrthonormalRows || tensor.Entries is not null ? 0 : (Noise.Of(text + "/offset") % 1000003) / 4000012.0;
        return new(point[tensor, place].ToDouble() + offset, tensor == moved ? ((Noise.Of(text + "/direction") % 2000003) / 1000001.5) - 1 : 0);
    }

    private static Dictionary<Index, long> At(Tensor tensor, long[] place) =>
        tensor.Axes.Select((axis, k) => (axis, place: place[k])).ToDictionary(pair => pair.axis, pair => pair.place);

    private static (double Product, double Size) Sum(IEnumerable<double> terms) =>
        terms.Aggregate((Product: 0.0, Size: 0.0), (sum, term) => (sum.Product + term, sum.Size + Math.Abs(term)));

    private static IEnumerable<string> SurrogatesOf(Expr expr) => expr switch
    {
        Surrogate surrogate => SurrogatesOf(surrogate.Value).Concat(SurrogatesOf(surrogate.Derivative)).Prepend(surrogate.Name),
        Named named => SurrogatesOf(named.Body),
        Reduce reduce => SurrogatesOf(reduce.Body),
        Map map => map.Arguments.SelectMany(SurrogatesOf),
        _ => [],
    };

    private static string Text(double value) => value.ToString("G8", CultureInfo.InvariantCulture);
}
