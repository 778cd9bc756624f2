using System.Collections.Immutable;

namespace LayerDsl.Generator.Ir;

/// <summary>
/// A tensor expression in index notation. It has a value for every assignment of its <see cref="FreeIndices"/>.
/// Expressions are immutable, compare by structure and know their free indices and hash from the start.
/// </summary>
internal abstract class Expr : IEquatable<Expr>
{
    private const long LongestCounted = 1L << 60;

    private readonly int hash;

    private protected Expr(int hash, ImmutableSortedSet<Index> freeIndices, params IEnumerable<Expr> parts)
    {
        this.hash = hash;
        FreeIndices = freeIndices;
        FreeIndexList = [.. freeIndices];
        (Depth, Length) = (1, 1);
        foreach (var part in parts)
        {
            Depth = Math.Max(Depth, part.Depth + 1);
            Length = Math.Min(Length + part.Length, LongestCounted);
        }
    }

    /// <summary>How many expressions are nested in each other.</summary>
    public int Depth { get; }

    /// <summary>How many parts the expression has when it is written out, what is shared as often as it occurs; at most <see cref="LongestCounted"/>.</summary>
    public long Length { get; }

    /// <summary>The free indices once more, for loops over them.</summary>
    public ImmutableArray<Index> FreeIndexList { get; }

    /// <summary>The indices that the value depends on, by name.</summary>
    public ImmutableSortedSet<Index> FreeIndices { get; }

    public static implicit operator Expr(int value) => new Literal(value);

    public static implicit operator Expr(Rational value) => new Literal(value);

    public static Expr operator +(Expr a, Expr b) => Simplifier.Map(Function.Add, a, b);

    public static Expr operator -(Expr a, Expr b) => Simplifier.Map(Function.Subtract, a, b);

    public static Expr operator -(Expr a) => Simplifier.Map(Function.Negate, a);

    public static Expr operator *(Expr a, Expr b) => Simplifier.Map(Function.Multiply, a, b);

    public static Expr operator /(Expr a, Expr b) => Simplifier.Map(Function.Divide, a, b);

    public bool Equals(Expr? other) =>
        ReferenceEquals(this, other) || (other is not null && hash == other.hash && GetType() == other.GetType() && SameAs(other));

    public sealed override bool Equals(object? obj) => Equals(obj as Expr);

    public sealed override int GetHashCode() => hash;

    public sealed override string ToString() => ExprPrinter.Print(this);

    /// <summary>Compares the parts of two expressions of the same kind.</summary>
    private protected abstract bool SameAs(Expr other);

    private protected static readonly IComparer<Index> ByName = Comparer<Index>.Create(
        (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : string.CompareOrdinal(a.Size.ToString(), b.Size.ToString()));

    private protected static readonly ImmutableSortedSet<Index> NoIndices = ImmutableSortedSet.Create(ByName);

    private protected static int Mix(int a, int b) => unchecked((a * 397) ^ b);
}

/// <summary>An exact number.</summary>
internal sealed class Literal : Expr
{
    public Literal(Rational value)
        : base(value.GetHashCode(), NoIndices) => Value = value;

    public Rational Value { get; }

    private protected override bool SameAs(Expr other) => Value == ((Literal)other).Value;
}

/// <summary>A size used as a number, as the divisor of a mean.</summary>
internal sealed class SizeValue : Expr
{
    public SizeValue(Size size)
        : base(Mix(7, size.GetHashCode()), NoIndices) => Size = size;

    public Size Size { get; }

    private protected override bool SameAs(Expr other) => Size == ((SizeValue)other).Size;
}

/// <summary>A tensor read at a place along each of its axes.</summary>
internal sealed class Access : Expr
{
    public Access(Tensor tensor, EquatableArray<AffineIndex> at)
        : base(Mix(tensor.GetHashCode(), at.GetHashCode()), IndicesOf(at))
    {
        Tensor = tensor;
        At = at;
        Shapes.CheckAccess(this);
    }

    public Tensor Tensor { get; }

    public EquatableArray<AffineIndex> At { get; }

    private protected override bool SameAs(Expr other) => other is Access access && Tensor == access.Tensor && At == access.At;

    private static ImmutableSortedSet<Index> IndicesOf(EquatableArray<AffineIndex> at) =>
        NoIndices.Union(at.SelectMany(place => place.Roots));
}

/// <summary>A pointwise function; its value depends on the union of its arguments' indices (broadcasting).</summary>
internal sealed class Map : Expr
{
    public Map(Function function, EquatableArray<Expr> arguments)
        : base(Mix((int)function + 101, arguments.GetHashCode()), arguments.Aggregate(NoIndices, (all, argument) => all.Union(argument.FreeIndices)), arguments)
    {
        Function = function;
        Arguments = arguments;
        Shapes.CheckMap(this);
    }

    public Function Function { get; }

    public EquatableArray<Expr> Arguments { get; }

    private protected override bool SameAs(Expr other) => other is Map map && Function == map.Function && Arguments == map.Arguments;
}

/// <summary>How a reduction combines the values it meets.</summary>
internal enum Reduction
{
    Sum,
    Max,
}

/// <summary>A reduction of the body over all values of one index, which it binds.</summary>
internal sealed class Reduce : Expr
{
    public Reduce(Reduction reduction, Index index, Expr body)
        : base(Mix(Mix((int)reduction + 211, index.GetHashCode()), body.GetHashCode()), body.FreeIndices.Remove(index), body)
    {
        Reduction = reduction;
        Index = index;
        Body = body;
    }

    public Reduction Reduction { get; }

    public Index Index { get; }

    public Expr Body { get; }

    private protected override bool SameAs(Expr other) =>
        other is Reduce reduce && Reduction == reduce.Reduction && Index == reduce.Index && Body.Equals(reduce.Body);
}

/// <summary>1 where the place lies inside <c>[0, size)</c>, else 0: zero padding and one-hot selection are products with it.</summary>
internal sealed class Inside : Expr
{
    public Inside(AffineIndex at, Size size)
        : base(Mix(Mix(307, at.GetHashCode()), size.GetHashCode()), NoIndices.Union(at.Roots))
    {
        At = at;
        Size = size;
    }

    public AffineIndex At { get; }

    public Size Size { get; }

    private protected override bool SameAs(Expr other) => other is Inside inside && At == inside.At && Size == inside.Size;
}

/// <summary>A value with the name that the method's paper gives it. Transparent to proofs; emitters make it a variable.</summary>
internal sealed class Named : Expr
{
    public Named(string name, Expr body, Pullback? pullback = null)
        : base(Mix(401, body.GetHashCode()), body.FreeIndices, body)
    {
        Name = name;
        Body = body;
        Pullback = pullback;
    }

    public string Name { get; }

    public Expr Body { get; }

    /// <summary>The gradients of its parts, where they are declared instead of derived.</summary>
    public Pullback? Pullback { get; }

    /// <summary>The same name for a rewritten body.</summary>
    /// <param name="body">The body, rewritten.</param>
    /// <param name="rewrite">What rewrites other expressions alike.</param>
    public Named With(Expr body, Func<Expr, Expr> rewrite) => new(Name, body, Pullback is null ? null : new Pullback(
        rewrite(Pullback.Above), Pullback.Parts.Select(rewrite).ToEquatableArray(), Pullback.Gradients.Select(rewrite).ToEquatableArray()));

    private protected override bool SameAs(Expr other) => other is Named named && Name == named.Name && Body.Equals(named.Body) && Equals(Pullback, named.Pullback);
}

/// <summary>The gradients of the parts of a value, declared as expressions of the gradient of the value itself.</summary>
/// <param name="Above">Stands for the gradient of the value: a tensor over its indices.</param>
/// <param name="Parts">What the value is computed from.</param>
/// <param name="Gradients">For each part its gradient, over the indices of the part.</param>
internal sealed record Pullback(Expr Above, EquatableArray<Expr> Parts, EquatableArray<Expr> Gradients);

/// <summary>
/// A value whose derivative is declared instead of derived: it has the value of <see cref="Value"/> and the derivative of
/// <see cref="Derivative"/>. Straight-through rounding is <c>Surrogate("straight-through", Round(x), x)</c>; a stopped
/// gradient has a derivative of a constant.
/// </summary>
internal sealed class Surrogate : Expr
{
    public Surrogate(string name, Expr value, Expr derivative)
        : base(Mix(Mix(503, value.GetHashCode()), derivative.GetHashCode()), value.FreeIndices, value, derivative)
    {
        Name = name;
        Value = value;
        Derivative = derivative;
        if (!derivative.FreeIndices.IsSubsetOf(value.FreeIndices))
        {
            throw new ShapeException($"The surrogate '{name}' has indices that its value has not.");
        }
    }

    /// <summary>The name under which the certificate lists this surrogate.</summary>
    public string Name { get; }

    public Expr Value { get; }

    public Expr Derivative { get; }

    private protected override bool SameAs(Expr other) =>
        other is Surrogate surrogate && Name == surrogate.Name && Value.Equals(surrogate.Value) && Derivative.Equals(surrogate.Derivative);
}
