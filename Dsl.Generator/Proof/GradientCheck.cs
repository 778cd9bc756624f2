using System.Globalization;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof;

/// <summary>What the check of a backward pass found out.</summary>
/// <param name="Error">Where a gradient is not the derivative, in words; null where none was found.</param>
/// <param name="Surrogates">The names of the surrogates whose declared derivative was taken for the real one.</param>
/// <param name="Points">At how many points the check was made.</param>
internal sealed record GradientReport(string? Error, EquatableArray<string> Surrogates, int Points)
{
    /// <summary>Why there were no points, where there were none.</summary>
    public string Reason { get; init; } = "no point gave a value on both sides";

    /// <summary>The report on two passes together: the first fault of either, and the points of the one that has fewer.</summary>
    public GradientReport And(GradientReport other) => new(Error ?? other.Error, Surrogates.Union(other.Surrogates).ToEquatableArray(), Math.Min(Points, other.Points))
    {
        Reason = Points == 0 ? Reason : other.Reason,
    };
}

/// <summary>
/// Checks gradient expressions against forward-mode derivatives: for random directions u of one tensor and output
/// gradients v, ⟨v, J u⟩ must equal ⟨Jᵀ v, u⟩.
/// </summary>
internal static class GradientCheck
{
    public const long StepLimit = 400_000;

    private const int SeedsPerShape = 6;
    private const int PointsWanted = 4;
    private const long LargestShape = 40;
    private const int MostDoubled = 6;

    /// <summary>At how many points each tensor is moved alone too: a large derivative for one hides what is wrong with a small one for another.</summary>
    private const int PointsAlone = 2;

    private const double Tolerance = 1e-9;

    /// <summary>Errors are estimated to first order only.</summary>
    private const double SafetyFactor = 4;

    /// <summary>A relative width of enclosures beyond which agreement says nothing, as where a step inside was too close to call.</summary>
    private const double Loose = 1e-3;

    /// <summary>A point where both sides have a value, with the mismatch in words if there is one, or where a gradient has none.</summary>
    private readonly record struct Outcome(string? Error, string? Gap);

    /// <param name="forward">The forward form.</param>
    /// <param name="outputGradient">The tensor v, over the output's indices.</param>
    /// <param name="gradients">For each tensor the expression of its gradient, over its own axes.</param>
    public static GradientReport Run(
        Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients, CancellationToken cancellation)
    {
        if (Examinable.Objection([forward, .. gradients.Select(pair => pair.Gradient)]) is { } objection)
        {
            return new GradientReport(null, [], 0) { Reason = objection };
        }

        if (StrayIndex(forward, outputGradient, gradients) is { } stray)
        {
            return new GradientReport(stray, SurrogatesOf(forward).Distinct().ToEquatableArray(), 0);
        }

        var (free, freeGradients) = WithFreeValues(forward, gradients);
        var report = Check(free, outputGradient, freeGradients, cancellation);
        return ReferenceEquals(free, forward) || report is { Error: null, Points: > 0 } ? report : Check(forward, outputGradient, gradients, cancellation);
    }

    /// <summary>
    /// What a surrogate stands for, a rounded weight for instance, has no derivative to check: tensors of any value (of its sign, where that is known) take its place, here and
    /// where the gradients repeat it. A gradient that is right for every such value is right; where one is not, the value itself decides. A value
    /// that the forward form also has outside of surrogates keeps its derivative there, and is not freed.
    /// </summary>
    public static (Expr Forward, IReadOnlyList<(Tensor Tensor, Expr Gradient)> Gradients) WithFreeValues(Expr forward, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients)
    {
        var values = ValuesOf(forward).Where(value => value is not (Access or Literal) && !IsLive(forward, value)).Distinct().ToArray();
        Expr Free(Expr expr) => values.Select((value, k) => (value, k)).Aggregate(expr, (all, pair) =>
            all.Replace(pair.value, new Tensor("any value " + pair.k, TensorRole.Input, pair.value.FreeIndexList.ToEquatableArray(), Signs.DomainOf(pair.value)).All));
        return values.Length == 0 ? (forward, gradients) : (Free(forward), gradients.Select(pair => (pair.Tensor, Free(pair.Gradient))).ToArray());
    }

    /// <summary>An index of a gradient that is no axis of its tensor, or one of the forward form that the output gradient has not, in words.</summary>
    private static string? StrayIndex(Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients) => gradients
        .SelectMany(pair => pair.Gradient.FreeIndexList.Except(pair.Tensor.Axes).Select(index =>
            $"the gradient for '{pair.Tensor.Name}' depends on the index '{index.Name}', but the tensor has the axes {AxesOf(pair.Tensor)}; sum over the index"))
        .Concat(forward.FreeIndexList.Except(outputGradient.Axes).Select(index =>
            $"the output depends on the index '{index.Name}', but its gradient '{outputGradient.Name}' has the axes {AxesOf(outputGradient)}; give it that axis too"))
        .FirstOrDefault();

    private static string AxesOf(Tensor tensor) => "[" + string.Join(", ", tensor.Axes.Select(axis => axis.Name)) + "]";

    private static GradientReport Check(
        Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients, CancellationToken cancellation)
    {
        var vocabulary = new Vocabulary([forward, outputGradient.All, .. gradients.Select(pair => pair.Gradient), .. gradients.Select(pair => pair.Tensor.All)]);
        var surrogates = SurrogatesOf(forward).Distinct().ToEquatableArray();
        var steps = new Steps(StepLimit, cancellation);
        var points = 0;
        var gaps = 0;
        string? gap = null;
        string? ended = null;
        try
        {
            var drawn = PointsOf(vocabulary, forward + "/gradient/").TakeWhile(_ => points < PointsWanted || vocabulary.Symbols.Count > MostDoubled);
            var near = StepPoints.Of(
                vocabulary, gradients.Select(pair => pair.Gradient).Prepend(forward), forward + "/gradient", (point, tensor, place) => ElementOf(point, tensor, place, isMoved: false).Value, steps, ValuesOf(forward), DerivativesOf(forward));
            foreach (var point in drawn.Concat(near))
            {
                switch (Compare(forward, outputGradient, gradients, point, isAlone: points < PointsAlone, steps))
                {
                    case { Error: { } error }:
                        return new GradientReport(error, surrogates, points);
                    case { Gap: { } reason }:
                        gap ??= reason;
                        gaps++;
                        break;
                    case { }:
                        points++;
                        break;
                }
            }
        }
        catch (BudgetExceededException exceeded)
        {
            ended = exceeded.Message; // The points that were checked count; the report says how many there are.
        }

        // A gradient may be undefined at single points, as at a kink, but not at most of those where the layer has a derivative.
        var report = new GradientReport(gaps > points ? gap : null, surrogates, points);
        return ended is null ? report : report with { Reason = ended };
    }

    /// <summary>Where there are few sizes, all of them are two or more at once; where there are many, as in a convolution, any three of them.</summary>
    private static IEnumerable<Point> PointsOf(Vocabulary vocabulary, string seed)
    {
        var shapes = vocabulary.Symbols.Count > MostDoubled
            ? SmallShapes.Triples(vocabulary)
            : SmallShapes.Of(vocabulary).Reverse().Where(shape => shape.Values.Aggregate(1L, (product, size) => product * size) <= Math.Max(LargestShape, 1L << vocabulary.Symbols.Count));
        var seeds = vocabulary.Symbols.Count > MostDoubled ? 1 : SeedsPerShape;

        // The seed decides the magnitude of the elements as well: neighbouring points have different ones.
        return Enumerable.Range(0, seeds).SelectMany(round => shapes.Select((shape, k) => new Point(shape, seed + (round + k))));
    }

    /// <summary>A mismatch or gap, neither where all gradients fit, null where the point cannot be used.</summary>
    private static Outcome? Compare(
        Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients, Point point, bool isAlone, Steps steps)
    {
        // All tensors move at once, each in a direction of its own: one evaluation finds whether anything is wrong, the others what.
        var backward = new Backward(point, steps);
        var outcome = Compare(forward, outputGradient, gradients, point, backward, steps);
        if (gradients.Count == 1 || (outcome is { Error: null, Gap: null } && !isAlone))
        {
            return outcome;
        }

        var singles = gradients.Select(pair => Compare(forward, outputGradient, [pair], point, backward, steps)).ToArray();
        return singles.FirstOrDefault(single => single is { Error: not null } or { Gap: not null }) ?? (singles.Contains(null) && outcome is { Error: null, Gap: null } ? null : outcome);
    }

    private static Outcome? Compare(
        Expr forward, Tensor outputGradient, IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients, Point point, Backward backward, Steps steps)
    {
        var names = string.Join("', '", gradients.Select(pair => pair.Tensor.Name));
        var (ahead, size, terms, error) = Forward(forward, outputGradient, gradients.Select(pair => pair.Tensor).ToArray(), point, steps);
        if (double.IsNaN(ahead + error) || double.IsInfinity(ahead + error))
        {
            return null;
        }

        var (enclosure, gap) = backward.Enclose(gradients);
        if (enclosure is not { } back)
        {
            return gap is null ? null : new Outcome(null, $"for '{names}' the gradient has no value ({gap}) where the layer has a derivative");
        }

        var scale = size + Math.Abs(back.Middle);
        var slack = (Tolerance * scale) + (SafetyFactor * error);
        return ahead < back.Low - slack || ahead > back.High + slack
            ? new Outcome($"for '{names}' the derivative along a random direction is {Text(ahead)}, the gradient says {Text(back.Middle)}", null)
            : back.High - back.Low + error > Math.Max(Loose * scale, Tolerance * terms) ? null : default(Outcome);
    }

    /// <summary>⟨v, J u⟩, the sum of its absolute values, that of all terms inside them, which may cancel, and about how far it may be off.</summary>
    private static (double Product, double Size, double Terms, double Error) Forward(Expr forward, Tensor outputGradient, IReadOnlyList<Tensor> moved, Point point, Steps steps)
    {
        var evaluator = new Evaluator<Dual>(new DualNumbers(), point.SizeOf, (tensor, place) => ElementOf(point, tensor, place, moved.Contains(tensor)), steps)
        {
            Differentiated = true,
        };
        return point.PlacesOf(outputGradient).Aggregate((Product: 0.0, Size: 0.0, Terms: 0.0, Error: 0.0), (sum, place) =>
        {
            var above = ElementOf(point, outputGradient, place, isMoved: false).Value;
            var value = evaluator.Evaluate(forward, At(outputGradient, place));
            var product = above * value.Derivative;
            return (sum.Product + product, sum.Size + Math.Abs(product), sum.Terms + (Math.Abs(above) * value.Size), sum.Error + (Math.Abs(above) * value.DerivativeError));
        });
    }

    /// <summary>
    /// An enclosure of ⟨Jᵀ v, u⟩ at one point; where there is none, the reason if a term certainly has no value. In intervals, because a right gradient may cancel: where
    /// tanh is almost 1, <c>1 - tanh²</c> has few digits left, and that is no fault of the formula.
    /// </summary>
    private sealed class Backward
    {
        private readonly IntervalArithmetic arithmetic = new() { EnclosesSteps = true };
        private readonly Evaluator<Interval> evaluator;
        private readonly Point point;

        public Backward(Point point, Steps steps)
        {
            this.point = point;
            evaluator = new Evaluator<Interval>(arithmetic, point.SizeOf, (other, place) => Exactly(ElementOf(point, other, place, isMoved: false).Value), steps)
            {
                ComparesWithOthers = true,
            };
        }

        public (Interval? Enclosure, string? Gap) Enclose(IReadOnlyList<(Tensor Tensor, Expr Gradient)> gradients)
        {
            try
            {
                return (gradients.SelectMany(pair => point.PlacesOf(pair.Tensor).Select(place => Term(pair.Tensor, pair.Gradient, place))).Aggregate(Exactly(0), arithmetic.Add), null);
            }
            catch (UndefinedValueException undefined)
            {
                return (null, undefined.IsCertain ? undefined.Message : null);
            }
        }

        private Interval Term(Tensor tensor, Expr gradient, long[] place) => arithmetic.Multiply(
            evaluator.Evaluate(gradient, At(tensor, place)), Exactly(ElementOf(point, tensor, place, isMoved: true).Derivative));
    }

    private static Interval Exactly(double value) => new(value, value);

    /// <summary>Elements are no short fractions: ties and kinks are then met with probability zero.</summary>
    private static Dual ElementOf(Point point, Tensor tensor, IReadOnlyList<long> place, bool isMoved)
    {
        var text = tensor.Name + string.Join(",", place);
        var offset = tensor.Domain == Domain.Mask || tensor.HasOrthonormalRows || tensor.Entries is not null ? 0 : (Noise.Of(text + "/offset") % 1000003) / 4000012.0;
        return new(point[tensor, place].ToDouble() + offset, isMoved ? ((Noise.Of(text + "/direction") % 2000003) / 1000001.5) - 1 : 0);
    }

    private static Dictionary<Index, long> At(Tensor tensor, long[] place) =>
        tensor.Axes.Select((axis, k) => (axis, place: place[k])).ToDictionary(pair => pair.axis, pair => pair.place);

    /// <summary>What surrogates stand for: their steps have no derivative to check, neither here nor where a gradient repeats them.</summary>
    private static IEnumerable<Expr> ValuesOf(Expr expr) => expr switch
    {
        Surrogate surrogate => ValuesOf(surrogate.Derivative).Prepend(surrogate.Value),
        Named named => ValuesOf(named.Body),
        Reduce reduce => ValuesOf(reduce.Body),
        MatrixInverse inverse => ValuesOf(inverse.Body),
        Map map => map.Arguments.SelectMany(ValuesOf),
        _ => [],
    };

    /// <summary>Whether a value occurs where it is differentiated: anywhere but as what a surrogate stands for.</summary>
    private static bool IsLive(Expr expr, Expr value) => expr.Equals(value) || expr switch
    {
        Surrogate surrogate => IsLive(surrogate.Derivative, value),
        Named named => IsLive(named.Body, value),
        Reduce reduce => IsLive(reduce.Body, value),
        MatrixInverse inverse => IsLive(inverse.Body, value),
        Map map => map.Arguments.Any(argument => IsLive(argument, value)),
        _ => false,
    };

    /// <summary>What surrogates are differentiated as: its steps count, though the value may have the same.</summary>
    private static IEnumerable<Expr> DerivativesOf(Expr expr) => expr switch
    {
        Surrogate surrogate => [surrogate.Derivative],
        Named named => DerivativesOf(named.Body),
        Reduce reduce => DerivativesOf(reduce.Body),
        MatrixInverse inverse => DerivativesOf(inverse.Body),
        Map map => map.Arguments.SelectMany(DerivativesOf),
        _ => [],
    };

    private static IEnumerable<string> SurrogatesOf(Expr expr) => expr switch
    {
        Surrogate surrogate => SurrogatesOf(surrogate.Value).Concat(SurrogatesOf(surrogate.Derivative)).Prepend(surrogate.Name),
        Named named => SurrogatesOf(named.Body),
        Reduce reduce => SurrogatesOf(reduce.Body),
        MatrixInverse inverse => SurrogatesOf(inverse.Body),
        Map map => map.Arguments.SelectMany(SurrogatesOf),
        _ => [],
    };

    private static string Text(double value) => value.ToString("G8", CultureInfo.InvariantCulture);
}
