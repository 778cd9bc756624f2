using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Claims with which a reviewer once got a false proof, a lost gradient or no answer at all.</summary>
public class ReviewedClaimTests
{
    private static readonly Size N = Size.Symbol("n");
    private static readonly Index First = new("i", N);
    private static readonly Index Second = new("j", N);
    private static readonly Index Third = new("k", N);
    private static readonly Tensor V = new("v", TensorRole.Trainable, [First]);
    private static readonly Tensor S = new("S", TensorRole.Trainable, [First, Second]);
    private static readonly Expr X = Scalar("x");

    [Fact]
    public void Numbers_to_large_powers_are_not_one()
    {
        Assert.IsNotType<Verdict.Proved>(Compare(Exp2(1025), 1));
        Assert.IsNotType<Verdict.Proved>(Compare(Exp2(X + 1025), Exp2(X)));
        Assert.IsNotType<Verdict.Proved>(Compare(Exp(1100 * Log(2)) * X, X));
        IsProved(Exp2(X + 1025), Exp2(X + 1025));
        IsProved(Exp2(X + 8), 256 * Exp2(X));
    }

    [Fact]
    public void Rows_are_orthonormal_only_over_their_whole_length()
    {
        var longer = new Index("k", N + Size.Symbol("m"));
        var q = new Tensor("Q", TensorRole.Buffer, [new Index("a", Size.Symbol("r")), longer]) { HasOrthonormalRows = true };
        var (a, b) = (new Index("a", Size.Symbol("r")), new Index("b", Size.Symbol("r")));
        Assert.IsNotType<Verdict.Proved>(Compare(Sum(longer, Inside(longer, N) * q[a, longer] * q[b, longer]), Inside(a + (-Size.One * (AffineIndex)b), Size.One)));
        IsProved(Sum(longer, q[a, longer] * q[b, longer]), Inside(a + (-Size.One * (AffineIndex)b), Size.One));
    }

    [Fact]
    public void A_sum_over_what_may_be_empty_may_be_zero()
    {
        var shorter = new Index("k", N - Size.One);
        Assert.IsNotType<Verdict.Proved>(Compare(Sign(Sum(shorter, Exp(V[(AffineIndex)shorter + Size.One]))), 1));
        IsProved(Sign(Sum(First, Exp(V[First]))), 1);
    }

    [Fact]
    public void An_offset_is_no_index_of_the_same_name()
    {
        var named = new Index("n", N);
        var w = new Tensor("w", TensorRole.Trainable, [new Index("p", N + N)]);
        Assert.IsNotType<Verdict.Proved>(Compare(Sum(First, w[(AffineIndex)First + N]) + V[named], Sum(First, w[(AffineIndex)First + (AffineIndex)named]) + V[named]));
    }

    [Fact]
    public void Sums_inside_of_large_powers_keep_their_indices()
    {
        var sum = Sum(Second, Exp(S[Second, Second]));
        var right = Sum(First, V[First]) * (Square(sum) + (2 * sum * X) + Square(X));
        IsProved(Sum(First, V[First]) * Square(sum + X), right);
        Assert.IsNotType<Verdict.Proved>(Compare(Sum(First, V[First] * Exp(S[First, First])) * (sum + X), Sum(First, V[First]) * Square(sum + X)));
    }

    /// <summary>The proof may be lost; the process may not.</summary>
    [Fact]
    public void Rewritings_that_go_round_in_circles_end()
    {
        var claim = Sum(First, Sum(Second, Sum(Third, Max(S[First, Second], S[First, Third]))));
        Assert.IsNotType<Verdict.Refuted>(Compare(claim, Sum(Third, Sum(Second, Sum(First, Max(S[Third, Second], S[Third, First]))))));
    }

    [Fact]
    public void A_broadcast_inside_of_a_sum_counts_as_often_as_it_is_read()
    {
        var x = new Tensor("x", TensorRole.Trainable, []);
        IsRight(Sum(First, V[First] + x.All), x);
        IsRight(Mean(First, V[First] - Mean(Second, V[Second])), V);
    }

    [Fact]
    public void A_diagonal_gets_its_gradient_on_the_diagonal() => IsRight(Sum(Third, S[Third, Third] * V[Third]), S);

    [Fact]
    public void What_is_differentiated_is_not_freed_with_what_is_not()
    {
        var x = new Tensor("x", TensorRole.Trainable, []);
        var above = new Tensor("g", TensorRole.OutputGradient, []);
        var form = StopGradient(Square(x.All)) + Square(x.All);
        Assert.NotNull(GradientCheck.Run(form, above, [(x, 0)], CancellationToken.None).Error);
        Assert.Null(GradientCheck.Run(form, above, [(x, 2 * above.All * x.All)], CancellationToken.None).Error);
    }

    private static void IsRight(Expr form, Tensor wanted)
    {
        var above = new Tensor("g", TensorRole.OutputGradient, []);
        var gradient = ReverseMode.Differentiate(form, above.All, [wanted]).Single();
        var report = GradientCheck.Run(form, above, [(wanted, gradient.Value)], CancellationToken.None);
        Assert.Null(report.Error);
        Assert.True(report.Points > 0);
    }
}
