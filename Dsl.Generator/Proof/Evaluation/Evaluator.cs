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
    private readonly Dictionary<Expr, EvaluationNode<T>> nodes = [];
    private readonly Dictionary<Index, int> slots = [];
    private readonly Dictionary<Map, Index?> ownPlaces = [];
    private readonly Dictionary<(EvaluationNode<T> Body, int Rows, int Columns), T[,]> inverses = [];
    private long[] at = new long[8];

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

    public long SizeOf(Size size) => size.Evaluate(sizeOf);

    /// <param name="expr">What to evaluate.</param>
    /// <param name="places">The places of its free indices.</param>
    public T Evaluate(Expr expr, IReadOnlyDictionary<Index, long> places)
    {
        var node = NodeOf(expr);
        foreach (var index in expr.FreeIndexList)
        {
            at[slots[index]] = places[index];
        }

        return Evaluate(node);
    }

    private T Evaluate(EvaluationNode<T> node)
    {
        if (!node.Remembers)
        {
            return Compute(node);
        }

        var key = node.KeyAt(at);
        if (!node.TryGet(key, out var value))
        {
            value = Compute(node);
            node.Remember(key, value);
        }

        return value;
    }

    private EvaluationNode<T> NodeOf(Expr expr)
    {
        if (!nodes.TryGetValue(expr, out var node))
        {
            nodes[expr] = node = Prepare(expr);
        }

        return node;
    }

    private EvaluationNode<T> Prepare(Expr expr)
    {
        (int Slot, long Size)[] free = [.. expr.FreeIndexList.Select(Slot)];
        EvaluationNode<T> Node(Expr[] parts, EvaluationPlace[] places) => new(expr, [.. parts.Select(NodeOf)], places, free);
        return expr switch
        {
            SizeValue value => new(expr, [], [], free) { Size = SizeOf(value.Size) },
            Access access => Node([], [.. access.At.Select(PlaceOf)]),
            Ir.Inside inside => new(expr, [], [PlaceOf(inside.At)], free) { Size = SizeOf(inside.Size) },
            Named named => Node([named.Body], []),
            Surrogate surrogate => Node(Differentiated ? [surrogate.Value, surrogate.Derivative] : [surrogate.Value], []),
            Reduce reduce => new(expr, [NodeOf(reduce.Body)], [], free) { Bound = Slot(reduce.Index) },
            MatrixInverse inverse => new(expr, [NodeOf(inverse.Body)], [PlaceOf(inverse.Row), PlaceOf(inverse.Column)], free) { Matrix = (Slot(inverse.Rows).Slot, Slot(inverse.Columns).Slot, SizeOf(inverse.Rows.Size)) },
            Map map => Node([.. map.Arguments.Where(argument => argument is not Codebook)], []),
            _ => Node([], []),
        };
    }

    private (int Slot, long Size) Slot(Index index)
    {
        if (!slots.TryGetValue(index, out var slot))
        {
            slots[index] = slot = slots.Count;
            at = slot < at.Length ? at : [.. at, .. new long[at.Length]];
        }

        return (slot, SizeOf(index.Size));
    }

    private EvaluationPlace PlaceOf(AffineIndex place) => new(
        SizeOf(place.Offset),
        [.. place.Terms.Select(term => new EvaluationPlace.Term(SizeOf(term.Factor), term.Index.Part is null ? Slot(term.Index).Slot : -1, PartOf(term.Index)))]);

    private Func<long[], long>? PartOf(Index index)
    {
        switch (index.Part)
        {
            case IndexPart.Quotient quotient:
                var (whole, divisor) = (PlaceOf(quotient.Of), SizeOf(quotient.Divisor));
                return at => FloorDivide(whole.At(at), divisor);
            case IndexPart.Remainder remainder:
                var (of, modulus) = (PlaceOf(remainder.Of), SizeOf(remainder.Divisor));
                return at => Modulo(of.At(at), modulus);
            case IndexPart.Entry entry:
                var (places, size) = (entry.At.Select(PlaceOf).ToArray(), SizeOf(index.Size));
                return at => Modulo(EntryOf(entry.Table, Array.ConvertAll(places, place => place.At(at))), size);
            default:
                return null;
        }
    }

    private T Compute(EvaluationNode<T> node)
    {
        steps.Take();
        return node.Expr switch
        {
            Literal literal => arithmetic.Number(literal.Value),
            SizeValue => arithmetic.Number(node.Size),
            Access access => elementOf(access.Tensor, PlacesOf(node)),
            Ir.Inside => arithmetic.Number(Holds(node) ? 1 : 0),
            Named => Evaluate(node.Parts[0]),
            Surrogate => OfSurrogate(node),
            Reduce reduce => OfReduce(reduce, node),
            MatrixInverse => OfInverse(node),
            Map map => OfMap(map, node),
            _ => throw new ShapeException("An expression without a value: " + node.Expr.GetType().Name),
        };
    }

    private long[] PlacesOf(EvaluationNode<T> node)
    {
        var places = new long[node.Places.Length];
        for (var k = 0; k < places.Length; k++)
        {
            places[k] = node.Places[k].At(at);
        }

        return places;
    }

    private T OfSurrogate(EvaluationNode<T> node)
    {
        var value = Evaluate(node.Parts[0]);
        return Differentiated && value is Dual x && Evaluate(node.Parts[1]) is Dual y
            ? (T)(object)DualNumbers.WithDerivative(x, y)
            : value;
    }

    private T OfReduce(Reduce reduce, EvaluationNode<T> node)
    {
        var (slot, size) = node.Bound;
        var shadowed = at[slot];
        var result = reduce.Reduction == Reduction.Sum ? SumOf(node.Parts[0], slot, size)
            : size > 0 ? arithmetic.Largest(ValuesOf(node.Parts[0], slot, size))
            : throw new UndefinedValueException("the largest of no values", isCertain: true);
        at[slot] = shadowed;
        return result;
    }

    private T SumOf(EvaluationNode<T> body, int slot, long size)
    {
        var sum = arithmetic.Number(0);
        for (var k = 0L; k < size; k++)
        {
            at[slot] = k;
            sum = arithmetic.Add(sum, Evaluate(body));
        }

        return sum;
    }

    private List<T> ValuesOf(EvaluationNode<T> body, int slot, long size)
    {
        var values = new List<T>();
        for (var k = 0L; k < size; k++)
        {
            at[slot] = k;
            values.Add(Evaluate(body));
        }

        return values;
    }

    /// <summary>An element of the inverse, which is computed once and read at many places.</summary>
    private T OfInverse(EvaluationNode<T> node)
    {
        var key = (node.Parts[0], node.Matrix.Rows, node.Matrix.Columns);
        var (row, column) = (node.Places[0].At(at), node.Places[1].At(at));
        if (!inverses.TryGetValue(key, out var inverse))
        {
            inverses[key] = inverse = Elimination.Inverse(MatrixOf(node), arithmetic, steps);
        }

        return row >= 0 && row < node.Matrix.Size && column >= 0 && column < node.Matrix.Size
            ? inverse[row, column]
            : arithmetic.WithoutValue("an inverse read outside of it", isCertain: true);
    }

    private T[,] MatrixOf(EvaluationNode<T> node)
    {
        var (rows, columns, size) = node.Matrix;
        var shadowed = (at[rows], at[columns]);
        var matrix = new T[size, size];
        for (var r = 0L; r < size; r++)
        {
            for (var c = 0L; c < size; c++)
            {
                (at[rows], at[columns]) = (r, c);
                matrix[r, c] = Evaluate(node.Parts[0]);
            }
        }

        (at[rows], at[columns]) = shadowed;
        return matrix;
    }

    private T OfMap(Map map, EvaluationNode<T> node)
    {
        if (map.Function == Function.Select)
        {
            return OfSelect(node);
        }

        if (map.Arguments.Count == 2 && map.Arguments[1] is Codebook levels)
        {
            var looked = Evaluate(node.Parts[0]);
            return map.Function == Function.NearestLevel ? arithmetic.Nearest(levels, looked) : arithmetic.At(levels, looked);
        }

        if (map.Function == Function.Multiply && Array.Exists(node.Parts, part => part.Expr is Ir.Inside && !Holds(part)))
        {
            return arithmetic.Number(0); // What is masked out is not looked at: most terms of a convolution's gradient.
        }

        if (ComparesWithOthers && map.Function == Function.GreaterOrEqual && map.Arguments[1] is Reduce { Reduction: Reduction.Max } max && PlaceIn(map, max) is { } own)
        {
            return OfLargest(node.Parts[0], NodeOf(max), at[slots[own]]);
        }

        var x = Array.ConvertAll(node.Parts, Evaluate);
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
        if (!ownPlaces.TryGetValue(comparison, out var place))
        {
            place = comparison.Arguments[0].FreeIndexList.FirstOrDefault(index => index.Size == max.Index.Size && max.Body.Reindex([max.Index], [index]).Equals(comparison.Arguments[0]));
            ownPlaces[comparison] = place;
        }

        return place;
    }

    /// <summary>[value ≥ every other value of the body].</summary>
    private T OfLargest(EvaluationNode<T> value, EvaluationNode<T> max, long own)
    {
        var (slot, size) = max.Bound;
        var mine = Evaluate(value);
        var isLargest = arithmetic.Number(1);
        var shadowed = at[slot];
        for (var k = 0L; k < size; k++)
        {
            if (k != own)
            {
                at[slot] = k;
                isLargest = arithmetic.Multiply(isLargest, arithmetic.Apply(Function.GreaterOrEqual, [mine, Evaluate(max.Parts[0])]));
            }
        }

        at[slot] = shadowed;
        return isLargest;
    }

    /// <summary>The branch that is not taken may be undefined.</summary>
    private T OfSelect(EvaluationNode<T> node)
    {
        var condition = arithmetic.Apply(Function.Select, [Evaluate(node.Parts[0]), arithmetic.Number(1), arithmetic.Number(0)]);
        return condition!.Equals(arithmetic.Number(1)) ? Evaluate(node.Parts[1])
            : condition.Equals(arithmetic.Number(0)) ? Evaluate(node.Parts[2])
            : arithmetic.Apply(Function.Select, [condition, Evaluate(node.Parts[1]), Evaluate(node.Parts[2])]);
    }

    private bool Holds(EvaluationNode<T> inside) => inside.Places[0].At(at) is var place && place >= 0 && place < inside.Size;

    private static long FloorDivide(long place, long divisor) => (place - Modulo(place, divisor)) / divisor;

    private static long Modulo(long place, long divisor) => ((place % divisor) + divisor) % divisor;
}
