using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof.NormalForms;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Evaluates expressions at one point: sizes and tensor elements are given, loops run over all bound indices.</summary>
internal sealed class Evaluator<T>
{
    private readonly Arithmetic<T> arithmetic;
    private readonly Func<string, long> sizeOf;
    private readonly Func<Tensor, IReadOnlyList<long>, T> elementOf;
    private readonly Steps steps;
    private readonly Dictionary<(Expr, long), T> known = [];
    private readonly Dictionary<Size, long> sizes = [];
    private readonly Dictionary<Map, Index?> places = [];

    /// <param name="elementOf">The element of a tensor at a place, which may lie outside its axes.</param>
    public Evaluator(Arithmetic<T> arithmetic, Func<string, long> sizeOf, Func<Tensor, IReadOnlyList<long>, T> elementOf, Steps steps)
    {
        this.arithmetic = arithmetic;
        this.sizeOf = sizeOf;
        this.elementOf = elementOf;
        this.steps = steps;
    }

    /// <summary>The entry of a table of places, before it is brought into the range of its entries.</summary>
    public Func<Tensor, IReadOnlyList<long>, long> EntryOf { get; init; } = (table, place) => (long)(Noise.Of(table.Name + "[" + string.Join(",", place) + "]") >> 8);

    /// <summary>Whether a surrogate counts as what it is differentiated as, instead of as its value.</summary>
    public bool Differentiated { get; init; }

    /// <summary>
    /// Whether a value is compared with a maximum that it takes part in by comparing it with the others: itself it reaches, which rounded numbers
    /// could not decide.
    /// </summary>
    public bool ComparesWithOthers { get; init; }

    public long SizeOf(Size size)
    {
        if (!sizes.TryGetValue(size, out var value))
        {
            sizes[size] = value = size.Evaluate(sizeOf);
        }

        return value;
    }

    public T Evaluate(Expr expr, IReadOnlyDictionary<Index, long> at) => Evaluate(expr, at.ToDictionary(pair => pair.Key, pair => pair.Value));

    /// <param name="at">The places of the indices; reductions add the places of theirs.</param>
    private T Evaluate(Expr expr, Dictionary<Index, long> at)
    {
        if (expr is Literal or SizeValue or Access or Ir.Inside)
        {
            return Compute(expr, at);
        }

        var key = (expr, KeyOf(expr, at));
        if (!known.TryGetValue(key, out var value))
        {
            known[key] = value = Compute(expr, at);
        }

        return value;
    }

    /// <summary>The places of the free indices as one number.</summary>
    private long KeyOf(Expr expr, Dictionary<Index, long> at)
    {
        var key = 0L;
        foreach (var index in expr.FreeIndexList)
        {
            key = checked((key * SizeOf(index.Size)) + at[index]);
        }

        return key;
    }

    private T Compute(Expr expr, Dictionary<Index, long> at)
    {
        steps.Take();
        return expr switch
        {
            Literal literal => arithmetic.Number(literal.Value),
            SizeValue size => arithmetic.Number(SizeOf(size.Size)),
            Access access => elementOf(access.Tensor, access.At.Select(place => PlaceOf(place, at)).ToArray()),
            Ir.Inside inside => arithmetic.Number(Holds(inside, at) ? 1 : 0),
            Named named => Evaluate(named.Body, at),
            Surrogate surrogate => OfSurrogate(surrogate, at),
            Reduce reduce => OfReduce(reduce, at),
            Map map => OfMap(map, at),
            _ => throw new ShapeException("An expression without a value: " + expr.GetType().Name),
        };
    }

    private T OfSurrogate(Surrogate surrogate, Dictionary<Index, long> at)
    {
        var value = Evaluate(surrogate.Value, at);
        return Differentiated && value is Dual x && Evaluate(surrogate.Derivative, at) is Dual y
            ? (T)(object)DualNumbers.WithDerivative(x, y)
            : value;
    }

    private T OfReduce(Reduce reduce, Dictionary<Index, long> at)
    {
        var values = new List<T>();
        var isShadowing = at.TryGetValue(reduce.Index, out var shadowed);
        for (var k = 0L; k < SizeOf(reduce.Index.Size); k++)
        {
            at[reduce.Index] = k;
            values.Add(Evaluate(reduce.Body, at));
        }

        if (isShadowing)
        {
            at[reduce.Index] = shadowed;
        }

        return reduce.Reduction == Reduction.Sum ? values.Aggregate(arithmetic.Number(0), arithmetic.Add)
            : values.Count > 0 ? arithmetic.Largest(values)
            : throw new UndefinedValueException("the largest of no values", isCertain: true);
    }

    private T OfMap(Map map, Dictionary<Index, long> at)
    {
        if (map.Function == Function.Select)
        {
            return OfSelect(map, at);
        }

        if (map.Arguments.Count == 2 && map.Arguments[1] is Codebook levels)
        {
            var looked = Evaluate(map.Arguments[0], at);
            return map.Function == Function.NearestLevel ? arithmetic.Nearest(levels, looked) : arithmetic.At(levels, looked);
        }

        if (map.Function == Function.Multiply && map.Arguments.Any(argument => argument is Ir.Inside mask && !Holds(mask, at)))
        {
            return arithmetic.Number(0); // What is masked out is not looked at: most terms of a convolution's gradient.
        }

        if (ComparesWithOthers && map.Function == Function.GreaterOrEqual && map.Arguments[1] is Reduce { Reduction: Reduction.Max } max && PlaceIn(map, max) is { } own)
        {
            return OfLargest(map.Arguments[0], max, at[own], at);
        }

        var x = map.Arguments.Select(argument => Evaluate(argument, at)).ToArray();
        return map.Function switch
        {
            Function.Add => arithmetic.Add(x[0], x[1]),
            Function.Subtract => arithmetic.Add(x[0], arithmetic.Multiply(arithmetic.Number(-1), x[1])),
            Function.Negate => arithmetic.Multiply(arithmetic.Number(-1), x[0]),
            Function.Multiply => arithmetic.Multiply(x[0], x[1]),
            Function.Square => arithmetic.Multiply(x[0], x[0]),
            _ => arithmetic.Apply(map.Function, x),
        };
    }

    /// <summary>The free index at which the first argument of a comparison is the body of the maximum; null where it is something else.</summary>
    private Index? PlaceIn(Map comparison, Reduce max)
    {
        if (!places.TryGetValue(comparison, out var place))
        {
            place = comparison.Arguments[0].FreeIndexList.FirstOrDefault(index => index.Size == max.Index.Size && max.Body.Reindex([max.Index], [index]).Equals(comparison.Arguments[0]));
            places[comparison] = place;
        }

        return place;
    }

    /// <summary>[value ≥ every other value of the body].</summary>
    private T OfLargest(Expr value, Reduce max, long own, Dictionary<Index, long> at)
    {
        var mine = Evaluate(value, at);
        var isLargest = arithmetic.Number(1);
        var isShadowing = at.TryGetValue(max.Index, out var shadowed);
        for (var k = 0L; k < SizeOf(max.Index.Size); k++)
        {
            if (k != own)
            {
                at[max.Index] = k;
                isLargest = arithmetic.Multiply(isLargest, arithmetic.Apply(Function.GreaterOrEqual, [mine, Evaluate(max.Body, at)]));
            }
        }

        if (isShadowing)
        {
            at[max.Index] = shadowed;
        }

        return isLargest;
    }

    /// <summary>The branch that is not taken may be undefined.</summary>
    private T OfSelect(Map map, Dictionary<Index, long> at)
    {
        var condition = arithmetic.Apply(Function.Select, [Evaluate(map.Arguments[0], at), arithmetic.Number(1), arithmetic.Number(0)]);
        return condition!.Equals(arithmetic.Number(1)) ? Evaluate(map.Arguments[1], at)
            : condition.Equals(arithmetic.Number(0)) ? Evaluate(map.Arguments[2], at)
            : arithmetic.Apply(Function.Select, [condition, Evaluate(map.Arguments[1], at), Evaluate(map.Arguments[2], at)]);
    }

    private bool Holds(Ir.Inside inside, Dictionary<Index, long> at) => PlaceOf(inside.At, at) is var place && place >= 0 && place < SizeOf(inside.Size);

    private long PlaceOf(AffineIndex place, Dictionary<Index, long> at) =>
        place.Terms.Aggregate(SizeOf(place.Offset), (sum, term) => sum + (SizeOf(term.Factor) * PlaceOf(term.Index, at)));

    private long PlaceOf(Index index, Dictionary<Index, long> at) => index.Part switch
    {
        IndexPart.Quotient quotient => FloorDivide(PlaceOf(quotient.Of, at), SizeOf(quotient.Divisor)),
        IndexPart.Remainder remainder => Modulo(PlaceOf(remainder.Of, at), SizeOf(remainder.Divisor)),
        IndexPart.Entry entry => Modulo(EntryOf(entry.Table, entry.At.Select(place => PlaceOf(place, at)).ToArray()), SizeOf(index.Size)),
        _ => at[index],
    };

    private static long FloorDivide(long place, long divisor) => (place - Modulo(place, divisor)) / divisor;

    private static long Modulo(long place, long divisor) => ((place % divisor) + divisor) % divisor;
}
