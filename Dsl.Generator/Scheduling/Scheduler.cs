using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// Turns expressions into steps: contractions stand alone, pointwise chains become one step, equal subexpressions are
/// computed once. Names come from the formulas. Knows sizes and order of indices, but no target.
/// </summary>
internal sealed class Scheduler
{
    private readonly IReadOnlyList<Index> order;
    private readonly List<Statement> statements = [];
    private readonly Dictionary<Expr, Value> computed = [];
    private readonly Dictionary<Tensor, Value> inputs = [];
    private readonly HashSet<string> names;
    private Tensor? like;

    private Scheduler(IReadOnlyList<Index> order, IEnumerable<string> taken)
    {
        this.order = order;
        names = [.. taken];
    }

    /// <summary>Schedules one pass.</summary>
    /// <param name="order">The order in which intermediate values keep their axes.</param>
    /// <param name="outputs">What to compute, with the axes in the order wanted.</param>
    /// <param name="taken">Names that no variable may have.</param>
    public static Program Schedule(
        IReadOnlyList<Index> order, IReadOnlyList<(string Name, Expr Expr, EquatableArray<Index> Axes)> outputs, params string[] taken) =>
        Schedule(order, outputs, [], taken).Program;

    /// <summary>Schedules one pass where some values are given, and tells what every value is.</summary>
    /// <param name="order">The order in which intermediate values keep their axes.</param>
    /// <param name="outputs">What to compute, with the axes in the order wanted.</param>
    /// <param name="given">What need not be computed.</param>
    /// <param name="taken">Names that no variable may have.</param>
    public static (Program Program, ILookup<string, Expr> Meaning) Schedule(
        IReadOnlyList<Index> order, IReadOnlyList<(string Name, Expr Expr, EquatableArray<Index> Axes)> outputs, IReadOnlyList<(Expr Expr, Value Value)> given, params string[] taken)
    {
        var scheduler = new Scheduler(order, taken);
        foreach (var (expr, value) in given)
        {
            scheduler.computed[expr] = value;
            scheduler.names.Add(value.Name);
        }

        scheduler.names.UnionWith(outputs.SelectMany(output => TensorNames(output.Expr, [])));
        scheduler.like = outputs.SelectMany(output => Tensors(output.Expr, [])).Where(tensor => tensor.Entries is null).OrderBy(tensor => tensor.Role is TensorRole.Trainable or TensorRole.Frozen ? 0 : 1).FirstOrDefault();
        var results = new List<Value>();
        var ends = new List<int>();
        foreach (var (name, expr, axes) in outputs)
        {
            results.Add(scheduler.Output(name, expr, axes));
            ends.Add(scheduler.statements.Count);
        }

        var program = new Program(
            scheduler.inputs.Values.Concat(given.Select(pair => pair.Value).Distinct()).ToEquatableArray(), scheduler.statements.ToEquatableArray(), results.ToEquatableArray(), ends.ToEquatableArray());
        return (program, scheduler.computed.ToLookup(pair => pair.Value.Name, pair => pair.Key));
    }

    /// <summary>What is read from outside: no variable may take its name, though it may be read later than that is set.</summary>
    private static IEnumerable<string> TensorNames(Expr expr, HashSet<Expr> seen) => Tensors(expr, seen).Select(tensor => NamesOf.Variable(tensor.Name));

    private static IEnumerable<Tensor> Tensors(Expr expr, HashSet<Expr> seen) => !seen.Add(expr) ? [] : expr switch
    {
        Access access => [access.Tensor],
        Map map => map.Arguments.SelectMany(argument => Tensors(argument, seen)),
        Reduce reduce => Tensors(reduce.Body, seen),
        Named named => Tensors(named.Body, seen),
        Surrogate surrogate => Tensors(surrogate.Value, seen),
        MatrixInverse inverse => Tensors(inverse.Body, seen),
        _ => [],
    };

    private Value Output(string name, Expr expr, EquatableArray<Index> axes)
    {
        var body = expr is Named named ? named.Body : expr;
        if (computed.TryGetValue(body, out var done) && done.Axes == axes)
        {
            return done;
        }

        return Materialize(body, name, axes);
    }

    /// <summary>The value of an expression as a variable of its own.</summary>
    private Value Materialize(Expr expr, string? name, EquatableArray<Index>? axes = null)
    {
        if (axes is null && computed.TryGetValue(expr, out var done))
        {
            return done;
        }

        var wanted = axes ?? Sort(expr.FreeIndices);
        var value = expr switch
        {
            Named named => Materialize(named.Body, named.Name, axes),
            Access access when IsPlain(access) && axes is null => Input(access),
            Reduce { Reduction: Reduction.Sum } sum => Sum(sum, name, wanted),
            Reduce maximum => Maximum(maximum, name, wanted),
            MatrixInverse inverse => Inverted(inverse, name) is var read && axes is null ? read : Arranged(read, wanted),
            Inside mask when IsSame(mask) => Add(new Statement.Identity(new Value(Fresh(name ?? "identity"), wanted), like is null ? null : Input(like))),
            Inside => throw new ShapeException($"No step computes the mask {expr} on its own."),
            Access access when TableReader.TableOf(access) is { } entry => Gather(access, entry, name, wanted),
            Access access when DiagonalReader.Of(access) is { } diagonals => Arranged(
                Add(new Statement.Diagonals(new Value(Fresh(name ?? "diagonals"), diagonals.Axes), Input(access.Tensor), diagonals.IsCircular)), wanted),
            Access access when BlockReader.Of(access.At) is { } places => Arranged(Add(new Statement.Spread(new Value(Fresh(name ?? access.Tensor.Name + "_spread"), places.Axes), Input(access.Tensor), places.Spread)), wanted),
            Access access when !IsPlain(access) => throw new ShapeException($"No step reads {expr} on its own."),
            _ => Add(new Statement.Compute(new Value(Fresh(name ?? "value"), wanted), Pointwise(expr))),
        };
        computed[expr] = value;
        return value;
    }

    private Pointwise Pointwise(Expr expr) => expr switch
    {
        Literal literal => new Pointwise.Number(literal.Value),
        SizeValue size => new Pointwise.Extent(size.Size),
        Codebook book => new Pointwise.Table(book),
        Surrogate surrogate => Pointwise(surrogate.Value),
        Map map when !computed.ContainsKey(map) => Constants.Apply(map.Function, map.Arguments.Select(Pointwise).ToEquatableArray()),
        Named { Body: SizeValue } named => Pointwise(named.Body),
        Named named when Constants.IsConstant(named) => Pointwise(named.Body),
        _ => new Pointwise.Read(Materialize(expr, null)),
    };

    /// <summary>
    /// A sum of products. Factors without a summed index are multiplied afterwards; the others are grouped by their indices.
    /// Two groups with indices of their own are a contraction, everything else is a pointwise product that is reduced.
    /// </summary>
    private Value Sum(Reduce sum, string? name, EquatableArray<Index> wanted)
    {
        var (over, factors) = TableReader.Select(Flatten(sum));
        if (over.Count == 0)
        {
            return Materialize(Product(factors), name, wanted);
        }

        var outside = factors.Where(factor => !factor.FreeIndices.Overlaps(over)).ToList();
        var groups = factors.Except(outside).GroupBy(factor => factor.FreeIndices, factor => factor, SameIndices).ToList();
        if (outside.Count > 0)
        {
            var inner = over.Reverse().Aggregate(Product(factors.Except(outside)), (body, index) => new Reduce(Reduction.Sum, index, body));
            return Add(new Statement.Compute(new Value(Fresh(name ?? "scaled"), wanted), Pointwise(Product(outside.Append(inner)))));
        }

        if (TableReader.Read(over, factors, wanted) is { } rows)
        {
            return Arranged(Add(new Statement.Scatter(new Value(Fresh(name ?? "total"), rows.Axes), Arranged(Materialize(rows.Rows, null), rows.RowAxes), Input(rows.Table), rows.Padding, StoredName(rows.Table))), wanted);
        }

        if (DiagonalReader.Read(over, factors, wanted) is { } sums)
        {
            return Add(new Statement.DiagonalSums(new Value(Fresh(name ?? "total"), wanted), Arranged(Materialize(sums.Values, null), sums.Place.Axes), sums.Place.IsCircular));
        }

        if (BlockReader.Read(over, factors, wanted) is { } blocks)
        {
            var source = Add(new Statement.Compute(new Value(Fresh("blocks"), blocks.Places.Axes), Pointwise(blocks.Values)));
            return Add(new Statement.BlockSums(new Value(Fresh(name ?? "total"), wanted), source, blocks.Places.Spread, !blocks.Places.Axes.All(blocks.Values.FreeIndices.Contains)));
        }

        if (WindowReader.Read(over, factors, wanted) is { } window)
        {
            return Convolve(window, name, wanted);
        }

        if (groups.Count == 2 && IsContraction(groups[0].Key, groups[1].Key, over))
        {
            var left = Materialize(Product(groups[0]), null);
            var right = Materialize(Product(groups[1]), null);
            var swap = wanted.Count > 0 && right.Axes.Contains(wanted[0]);
            return Add(new Statement.Contract(new Value(Fresh(name ?? "product"), wanted), swap ? right : left, swap ? left : right));
        }

        return Reduce(Reduction.Sum, over, Pointwise(Product(factors)), name ?? "total", wanted);
    }

    /// <summary>A maximum of maxima is one over all their indices.</summary>
    private Value Maximum(Reduce maximum, string? name, EquatableArray<Index> wanted)
    {
        var over = new List<Index> { maximum.Index };
        var body = maximum.Body;
        for (; body is Reduce { Reduction: Reduction.Max } inner && !computed.ContainsKey(inner); body = inner.Body)
        {
            over.Add(inner.Index);
        }

        return Reduce(Reduction.Max, over, Pointwise(body), name ?? "largest", wanted);
    }

    /// <summary>Rows of a tensor, as a table of indices names them.</summary>
    private Value Gather(Access access, IndexPart.Entry entry, string? name, EquatableArray<Index> wanted)
    {
        EquatableArray<Index> axes = [.. entry.At.Concat(access.At.Skip(1)).Select(at => at.Plain!)];
        var rows = Add(new Statement.Gather(new Value(Fresh(name ?? "rows"), axes), Input(access.Tensor), Input(entry.Table), StoredName(entry.Table)));
        return Arranged(rows, wanted);
    }

    private static string? StoredName(Tensor table) => table.Role == TensorRole.Input ? null : table.Name;

    /// <summary>The inverse is computed once, over the indices of its matrix; where it is read only its axes get other names.</summary>
    private Value Inverted(MatrixInverse inverse, string? name)
    {
        var places = BlockReader.Of([inverse.Row, inverse.Column]);
        if (places is null && (inverse.Row.Plain is null || inverse.Column.Plain is null || inverse.Row == inverse.Column))
        {
            throw new ShapeException($"No step reads {inverse} on its own.");
        }

        if (!computed.TryGetValue(inverse.Whole, out var whole))
        {
            var source = Arranged(Materialize(inverse.Body, null), [inverse.Rows, inverse.Columns]);
            whole = Add(new Statement.Invert(new Value(Fresh(name ?? "inverse"), [inverse.Columns, inverse.Rows]), source));
            computed[inverse.Whole] = whole;
        }

        return places is null
            ? whole with { Axes = [inverse.Row.Plain!, inverse.Column.Plain!] }
            : Add(new Statement.Spread(new Value(Fresh(whole.Name + "_spread"), places.Axes), whole, places.Spread));
    }

    /// <summary>[row = column].</summary>
    private static bool IsSame(Inside mask) => mask.Size == Size.One && mask.At.Offset.IsZero && mask.At.Terms.Count == 2
        && mask.At.Terms.All(term => term.Index.Part is null) && mask.At.Terms[0].Factor == -mask.At.Terms[1].Factor && (mask.At.Terms[0].Factor == Size.One || mask.At.Terms[1].Factor == Size.One);

    /// <summary>A convolution takes and gives its axes in one order; where another is at hand or wanted, a step brings it.</summary>
    private Value Convolve(WindowSum sum, string? name, EquatableArray<Index> wanted)
    {
        var left = sum.Image is { } image ? Input(image) : Arranged(Materialize(sum.Left!, null), sum.LeftAxes);
        var right = Arranged(Materialize(sum.Right, null), sum.RightAxes);
        return wanted == sum.ResultAxes
            ? Add(new Statement.Convolve(new Value(Fresh(name ?? "convolved"), wanted), left, right, sum.Window))
            : Arranged(Add(new Statement.Convolve(new Value(Fresh("convolved"), sum.ResultAxes), left, right, sum.Window)), wanted, name);
    }

    private Value Arranged(Value value, EquatableArray<Index> axes, string? name = null) => value.Axes == axes
        ? value
        : Add(new Statement.Compute(new Value(Fresh(name ?? value.Name), axes), new Pointwise.Read(value)));

    private Value Reduce(Reduction reduction, IReadOnlyList<Index> over, Pointwise body, string name, EquatableArray<Index> wanted) =>
        Add(new Statement.Fold(new Value(Fresh(name), wanted), reduction, Sort(over), body));

    /// <summary>Each side has an index that stays and is not on the other side.</summary>
    private static bool IsContraction(IEnumerable<Index> left, IEnumerable<Index> right, IReadOnlyList<Index> over) =>
        left.Except(right).Except(over).Any() && right.Except(left).Except(over).Any();

    private static (IReadOnlyList<Index> Over, IReadOnlyList<Expr> Factors) Flatten(Reduce sum)
    {
        var over = new List<Index>();
        Expr body = sum;
        while (body is Reduce { Reduction: Reduction.Sum } next)
        {
            over.Add(next.Index);
            body = next.Body;
        }

        return (over, Factors(body).ToArray());
    }

    private static IEnumerable<Expr> Factors(Expr expr) => expr is Map { Function: Function.Multiply } product
        ? Factors(product.Arguments[0]).Concat(Factors(product.Arguments[1]))
        : [expr];

    private static Expr Product(IEnumerable<Expr> factors) => factors.Aggregate((left, right) => left * right);

    private Value Input(Access access) => Input(access.Tensor) with { Axes = access.At.Select(at => at.Plain!).ToEquatableArray() };

    private Value Input(Tensor tensor)
    {
        if (!inputs.TryGetValue(tensor, out var value))
        {
            value = new Value(NamesOf.Variable(tensor.Name), tensor.Axes);
            names.Add(value.Name);
            inputs[tensor] = value;
        }

        return value;
    }

    private static bool IsPlain(Access access) => access.At.All(at => at.Plain is not null) && access.FreeIndices.Count == access.At.Count;

    private Value Add(Statement statement)
    {
        statements.Add(statement);
        return statement.Result;
    }

    private string Fresh(string name)
    {
        var candidate = NamesOf.Variable(name);
        for (var number = 2; !names.Add(candidate); number++)
        {
            candidate = NamesOf.Variable(name) + number;
        }

        return candidate;
    }

    private EquatableArray<Index> Sort(IEnumerable<Index> indices) =>
        indices.OrderBy(index => order.ToList().IndexOf(index) is var place and >= 0 ? place : int.MaxValue)
            .ThenBy(index => index.Name, StringComparer.Ordinal)
            .ToEquatableArray();

    private static readonly IEqualityComparer<System.Collections.Immutable.ImmutableSortedSet<Index>> SameIndices = new IndexSetComparer();

    private sealed class IndexSetComparer : IEqualityComparer<System.Collections.Immutable.ImmutableSortedSet<Index>>
    {
        public bool Equals(System.Collections.Immutable.ImmutableSortedSet<Index>? x, System.Collections.Immutable.ImmutableSortedSet<Index>? y) =>
            x is null ? y is null : y is not null && x.SetEquals(y);

        public int GetHashCode(System.Collections.Immutable.ImmutableSortedSet<Index> indices) => indices.Count;
    }
}
