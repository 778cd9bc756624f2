using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using Xunit.Abstractions;
using static LayerDsl.Generator.Ir.Operators;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>
/// The rewrites of XLA's algebraic simplifier that TensorRight (Arora et al., POPL 2025) verifies, in index notation: one named
/// axis stands for each of its aggregated axes. A precondition is built into the sizes; a rule that has one comes with a variant
/// without it. Not expressible: maxima with infinities (max 1 and 2), and an index as a value (broadcast 7).
/// </summary>
public class TensorRightTests(ITestOutputHelper output)
{
    private static readonly Size N = Size.Symbol("n");
    private static readonly Size M = Size.Symbol("m");
    private static readonly Size S = Size.Symbol("start");
    private static readonly Size T = Size.Symbol("stride");
    private static readonly Size D = Size.Symbol("d");
    private static readonly Size Low = Size.Symbol("low");
    private static readonly Size Interior = Size.Symbol("interior");
    private static readonly Index P = new("p", N);
    private static readonly Index Q = new("q", M);
    private static readonly Index Z = new("z", D);
    private static readonly Expr A = new Tensor("A", TensorRole.Input, [P])[P];
    private static readonly Expr B = new Tensor("B", TensorRole.Input, [P])[P];
    private static readonly Expr C = new Tensor("C", TensorRole.Input, [P])[P];
    private static readonly Expr C1 = Terms.Scalar("c1");
    private static readonly Expr C2 = Terms.Scalar("c2");
    private static readonly Expr V = Terms.Scalar("v");
    private static readonly Expr Predicate = new Tensor("P", TensorRole.Input, [P], Domain.Mask)[P];
    private static readonly Expr Gap = Terms.Scalar("gap", Domain.Positive);

    private sealed record Rule(string Category, int Number, Expr Left, Expr Right, (Expr Left, Expr Right)? Dropped = null);

    private static Tensor Vector(string name, Size size) => new(name, TensorRole.Input, [new Index("p", size)]);

    private static Expr Delta(AffineIndex at) => Inside(at, 1);

    /// <summary>Place k of a tensor of the given size, padded below by low and between elements by interior, with v elsewhere.</summary>
    private static Expr Pad(AffineIndex k, Size size, Size low, Size interior, Func<Index, Expr> element)
    {
        var j = new Index("j" + string.Concat(k.Terms.Select(term => term.Index.Name)), size);
        return V + Sum(j, Delta(k + ((Size.Of(-1) - interior) * j) + (-low)) * (element(j) - V));
    }

    private static Expr Concat(AffineIndex k, params Tensor[] parts)
    {
        var (sum, offset) = ((Expr)0, Size.Zero);
        foreach (var part in parts)
        {
            var j = part.Axes[0] with { Name = "j" };
            sum += Sum(j, Delta(k + (Size.Of(-1) * j) + (-offset)) * part[j]);
            offset += part.Axes[0].Size;
        }

        return sum;
    }

    private static IEnumerable<Rule> Pointwise()
    {
        yield return new("add", 1, (A + C1) + C2, A + (C1 + C2));
        yield return new("add", 2, new Map(Function.Add, [A, 0]), A);
        yield return new("add", 3, new Map(Function.Add, [0, A]), A);
        yield return new("add", 4, C1 + A, A + C1);
        yield return new("sub", 0, new Map(Function.Subtract, [A, 0]), A);
        yield return new("sub", 1, A - C1, A + (-C1));
        yield return new("sub", 2, A - A, 0);
        yield return new("mul", 1, new Map(Function.Multiply, [A, 1]), A);
        yield return new("mul", 2, new Map(Function.Multiply, [1, A]), A);
        yield return new("mul", 3, new Map(Function.Multiply, [A, 0]), 0);
        yield return new("mul", 4, new Map(Function.Multiply, [0, A]), 0);
        yield return new("mul", 5, (A * C1) * (B * C2), (A * B) * (C1 * C2));
        yield return new("mul", 6, (A * C1) * C2, A * (C1 * C2));
        var matrix = new Tensor("M", TensorRole.Input, [P, Q])[P, Q];
        yield return new("mul", 7, (matrix * C1) * B, (B * C1) * matrix);
        yield return new("mul", 8, (A * C) + (B * C), (A + B) * C);
        yield return new("mul", 9, Abs(A) * Abs(A), A * A);
        yield return new("mul", 10, Exp(A) * Exp(B), Exp(A + B));
        yield return new("clamp", 1, Clamp(Clamp(A, C1, C2), C1, C2), Clamp(A, C1, C2));
        yield return new("clamp", 2, Max(C1, Min(A, C1 + Gap)), Clamp(A, C1, C1 + Gap), (Max(C1, Min(A, C2)), Clamp(A, C1, C2)));
        yield return new("clamp", 3, Min(C1, Max(A, C2)), Clamp(A, C2, C1));
        yield return new("select", 1, Select(Predicate, A, A), A);
        yield return new("select", 2, Select(1, A, B), A);
        yield return new("select", 3, Select(0, A, B), B);
        yield return new("select", 4, Select(1 - Predicate, A, B), Select(Predicate, B, A));
    }

    private static IEnumerable<Rule> Broadcasts()
    {
        // A broadcast adds an index that the value does not depend on: both sides are functions of p, q (and z).
        var unit = new Tensor("unit", TensorRole.Input, [Q, Z]);
        Expr Over(Expr x) => x * unit[Q, Z];
        yield return new("broadcast", 1, Over(A) + Over(B), Over(A + B));
        yield return new("broadcast", 2, Over(A) * Over(B), Over(A * B) * unit[Q, Z]);
        yield return new("broadcast", 3, C1 + (0 * A), C1);
        yield return new("broadcast", 4, C1, C1);
        yield return new("broadcast", 5, C1, C1);
        yield return new("broadcast", 6, C1, C1);
        yield return new("broadcast", 8, Over(A), A * unit[Q, Z]);
        var square = new Tensor("S", TensorRole.Input, [P, Q]);
        yield return new("relabel", 1, square[P, Q].Reindex([P], [new Index("a", N)]).Reindex([new Index("a", N)], [new Index("c", N)]), square[P, Q].Reindex([P], [new Index("c", N)]));
        yield return new("relabel", 2, square[P, Q].Reindex([P], [P]), square[P, Q]);
    }

    private static IEnumerable<Rule> Dots()
    {
        var (i, k, l, j) = (new Index("i", Size.Symbol("rows")), new Index("k", N), new Index("l", M), new Index("j", Size.Symbol("columns")));
        var (x, y, c, d) = (Vector("X", N), Vector("Y", M), Vector("C", N), Vector("D", M));
        var both = new Index("k", N + M);
        yield return new("dot", 1, Sum(both, Concat(both, x, y) * Concat(both, c, d)), Sum(k, x[k] * c[k]) + Sum(l, y[l] * d[l]),
            (Sum(both, Concat(both, x, y) * Concat(both, d, c)), Sum(k, x[k] * c[k]) + Sum(l, y[l] * d[l])));
        Tensor Matrix(string name, Index a, Index b) => new(name, TensorRole.Input, [a, b]);
        var (a1, b1, c1) = (Matrix("A", i, k), Matrix("B", k, l), Matrix("C", l, j));
        yield return new("dot", 2, Sum(k, a1[i, k] * b1[k, l]), Sum(k, b1[k, l] * a1[i, k]));
        yield return new("dot", 3, Sum(k, a1[i, k] * Sum(l, b1[k, l] * c1[l, j])), Sum(l, Sum(k, a1[i, k] * b1[k, l]) * c1[l, j]));
        yield return new("dot", 4, a1[i, k] * b1[k, l], b1[k, l] * a1[i, k]);
        var none = new Index("k", Size.Zero);
        yield return new("dot", 5, Sum(none, Matrix("A", i, none)[i, none] * Matrix("B", none, l)[none, l]), 0, (Sum(k, a1[i, k] * b1[k, l]), 0));
        yield return new("dot", 6, Sum(k, a1[i, k] * x[k]), Sum(k, x[k] * a1[i, k]));
    }

    private static IEnumerable<Rule> Pads()
    {
        var a = Vector("A", N);
        Expr Read(Index j) => a[j];
        yield return new("pad", 1, Pad(P, N, Size.Zero, Size.Zero, Read), a[P], (Pad(P, N, Size.One, Size.Zero, Read), a[P]));
        var one = Vector("A", Size.One);
        yield return new("pad", 2, Pad(Q, Size.One, Low, Interior, j => one[j]), Pad(Q, Size.One, Low, Size.Zero, j => one[j]),
            (Pad(Q, N, Low, Interior, Read), Pad(Q, N, Low, Size.Zero, Read)));
        Expr Broadcast(Size low) => Pad(Q, N, Low, Interior, j => a[j]).Reindex([], []) is var padded ? Pad(Z, D, low, Size.Zero, _ => padded) : 0;
        yield return new("pad", 3, Broadcast(Size.Zero), Pad(Q, N, Low, Interior, Read), (Broadcast(Size.One), Pad(Q, N, Low, Interior, Read)));
        var whole = S + M + D;
        var wide = new Tensor("A", TensorRole.Input, [new Index("p", whole), Z]);
        var w = new Index("w", D + Low + Low);
        Expr Rows(AffineIndex row) => Pad(w, D, Low, Size.Zero, j => wide[row, j]);
        yield return new("pad", 4, Pad(Q, whole, -S, Size.Zero, row => Rows(row)), Rows((AffineIndex)Q + S), (Pad(Q, whole, S, Size.Zero, row => Rows(row)), Rows((AffineIndex)Q + S)));
    }

    private static IEnumerable<Rule> Slices()
    {
        var at = (T * Q) + S;
        Tensor a = Vector("A", S + (T * M) + D), n = Vector("A", N), b = Vector("B", M), c = Vector("C", D);
        yield return new("slice", 1, n[(Size.One * P) + Size.Zero], n[P], (Vector("A", N + S)[(AffineIndex)P + S], Concat(P, Vector("A", N + S))));
        yield return new("slice", 2, C1, C1);
        yield return new("slice", 3, a[at] * Vector("u", D)[Z], Vector("u", D)[Z] * a[at]);
        Expr Padded(AffineIndex k, Size low) => Pad(k, N, low, Interior, j => n[j]);
        yield return new("slice", 4, Padded(((Interior + 1) * P) + Low, Low), n[P], (Padded(((Interior + 1) * P) + Low, Low + 1), n[P]));
        yield return new("slice", 5, Padded(at, S + (T * M) + D), V, (Padded(at, S), V));
        var inner = Vector("A", S + M + D);
        Expr Unspaced(AffineIndex k) => Pad(k, S + M + D, Low, Size.Zero, j => inner[j]);
        yield return new("slice", 6, Unspaced((AffineIndex)Q + (Low + S)), inner[(AffineIndex)Q + S], (Unspaced((AffineIndex)Q + S), inner[(AffineIndex)Q + S]));
        var large = Vector("A", (T * (S + M)) + Low + D);
        var twice = ((AffineIndex)Q + S) + Low;
        yield return new("slice", 7, large[twice], large[(AffineIndex)Q + (S + Low)], (large[(T * ((AffineIndex)Q + S)) + Low], large[(AffineIndex)Q + (S + Low)]));
        yield return new("slice", 8, Concat((AffineIndex)Q + N, n, b), b[Q], (Concat(Q, n, b), b[Q]));
        yield return new("slice", 9, n[P] * Vector("u", D)[Z], Vector("u", D)[Z] * n[P]);
        yield return new("slice", 10, Concat(at, a, b), a[at], (Concat(at, n, b), n[at]));
        var late = Vector("B", S + (T * M) + D);
        yield return new("slice", 11, Concat(at + N, n, late), late[at], (Concat(at, n, late), late[at]));
        yield return new("slice", 12, Concat(at + N, n, late, c), Concat(at, late, c), (Concat(at, n, late, c), Concat(at, late, c)));
        var size = S + (T * M) + D;
        var reversed = (Size.Of(-1) * at) + (size - 1);
        var newStart = size - 1 - S - (T * (M - 1));
        yield return new("slice", 13, a[reversed], a[(Size.Of(-1) * T * Q) + (newStart + (T * (M - 1)))], (a[reversed], a[at]));
    }

    private static IEnumerable<Rule> Rules() => Pointwise().Concat(Broadcasts()).Concat(Dots()).Concat(Pads()).Concat(Slices());

    [Fact]
    public void Every_expressible_rule_is_proved_for_all_sizes()
    {
        var verdicts = Rules().Select(rule => (rule, verdict: Terms.Compare(rule.Left, rule.Right))).ToArray();
        foreach (var category in verdicts.GroupBy(pair => pair.rule.Category))
        {
            output.WriteLine($"{category.Key}: {category.Count()} expressible, {category.Count(pair => pair.verdict is Verdict.Proved)} proved, "
                + $"{category.Count(pair => pair.verdict is Verdict.Tested)} tested");
        }

        foreach (var (rule, verdict) in verdicts.Where(pair => pair.verdict is not Verdict.Proved))
        {
            output.WriteLine($"{rule.Category} {rule.Number}: {rule.Left} = {rule.Right} is {verdict}");
        }

        Assert.DoesNotContain(verdicts, pair => pair.verdict is Verdict.Refuted);
        Assert.True(verdicts.All(pair => pair.verdict is Verdict.Proved));
    }

    [Fact]
    public void Every_rule_without_its_precondition_is_refuted() => Assert.All(Rules().Where(rule => rule.Dropped is not null), rule =>
        Assert.True(Terms.Compare(rule.Dropped!.Value.Left, rule.Dropped.Value.Right) is Verdict.Refuted,
            $"{rule.Category} {rule.Number}: {rule.Dropped.Value.Left} = {rule.Dropped.Value.Right} is {Terms.Compare(rule.Dropped.Value.Left, rule.Dropped.Value.Right)}"));
}
