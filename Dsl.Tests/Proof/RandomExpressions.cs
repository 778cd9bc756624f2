using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>
/// Small random expressions over few leaves, so that many of them are equal: sums and maxima nested in each other, windows,
/// one-hot selections, masks, divisions, roots, signs, roundings.
/// </summary>
internal sealed class RandomExpressions(int seed)
{
    private static readonly Size N = Size.Symbol("n");
    private static readonly Index[] Indices = [.. "ijk".Select(name => new Index(name.ToString(), N))];
    private static readonly Tensor Matrix = new("M", TensorRole.Trainable, [Indices[0], Indices[1]]);
    private static readonly Tensor Vector = new("v", TensorRole.Trainable, [Indices[0]]);
    private static readonly Tensor Mask = new("m", TensorRole.Buffer, [Indices[0]], Domain.Mask);
    private static readonly Tensor Positive = new("p", TensorRole.Buffer, [], Domain.Positive);

    private readonly Random random = new(seed);

    /// <summary>An expression without free indices.</summary>
    public Expr Closed(int depth) => Indices.Aggregate(Of(depth), (body, index) => body.FreeIndices.Contains(index) ? Bind(index, body) : body);

    private Expr Of(int depth) => depth == 0 ? Leaf() : random.Next(22) switch
    {
        < 4 => Of(depth - 1) * Of(depth - 1),
        < 7 => Of(depth - 1) + Of(depth - 1),
        7 => Of(depth - 1) - Of(depth - 1),
        < 12 => Bind(Any(), Of(depth - 1)),
        12 => Of(depth - 1) / Of(depth - 1),
        13 => Sqrt(Square(Of(depth - 1))),
        14 => Abs(Of(depth - 1)),
        15 => Sign(Of(depth - 1)),
        16 => Max(Of(depth - 1), Of(depth - 1)),
        17 => Min(Of(depth - 1), Of(depth - 1)),
        18 => GreaterOrEqual(Of(depth - 1), Of(depth - 1)),
        19 => Round(Of(depth - 1)),
        20 => Select(Of(depth - 1), Of(depth - 1), Of(depth - 1)),
        _ => Exp(Of(depth - 1)),
    };

    private Expr Bind(Index index, Expr body) => random.Next(4) == 0 ? MaxOver(index, body) : Sum(index, body);

    private Expr Leaf() => random.Next(12) switch
    {
        < 3 => Matrix[Any(), Any()],
        < 5 => Vector[Any()],
        5 => Mask[Any()],
        6 => Positive.All,
        7 => Inside(Place(), Size.One),
        8 => Inside(Place(), N),
        9 => Padded(Place()),
        10 => random.Next(-2, 3),
        _ => new SizeValue(N),
    };

    /// <summary>An element that counts only inside: elsewhere a tensor has no value that two evaluations would agree on.</summary>
    private static Expr Padded(AffineIndex at) => Inside(at, N) * Vector[at];

    private AffineIndex Place() => random.Next(5) switch
    {
        0 => (AffineIndex)Any() + (Size.Of(-1) * (AffineIndex)Any()),
        1 => (AffineIndex)Any() + Size.Of(random.Next(-1, 2)),
        2 => (Size.Of(2) * Any()) + (Size.Of(-1) * (AffineIndex)Any()),
        3 => (AffineIndex)Any() + (AffineIndex)Any() + Size.Of(-1),
        _ => (AffineIndex)Any() + (Size.Of(-1) * (AffineIndex)Any()) + Size.Of(random.Next(-1, 2)),
    };

    private Index Any() => Indices[random.Next(Indices.Length)];
}
