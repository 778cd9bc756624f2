using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

public sealed class ProverTests
{
    private static readonly Index B = new("b", Size.Symbol("batch"));
    private static readonly Index O = new("o", Size.Symbol("out"));
    private static readonly Index I = new("i", Size.Symbol("in"));
    private static readonly Index J = new("j", Size.Symbol("in"));
    private static readonly Index R = new("r", Size.Symbol("rank"));
    private static readonly Tensor X = new("x", TensorRole.Input, [B, I]);
    private static readonly Tensor W = new("W", TensorRole.Trainable, [O, I]);
    private static readonly Tensor Up = new("B", TensorRole.Trainable, [O, R]);
    private static readonly Tensor Down = new("A", TensorRole.Trainable, [R, I]);
    private static readonly Tensor Folded = new("Ŵ", TensorRole.Folded, [O, I]);
    private static readonly Tensor Square = new("M", TensorRole.Trainable, [I, J]);

    private static Expr Branch(Expr scale) => Sum(I, X[B, I] * W[O, I]) + (scale * Sum(R, Sum(I, X[B, I] * Down[R, I]) * Up[O, R]));

    private static Verdict ProveFold(Expr training, Expr fold) =>
        Prover.Prove(new Claim("test", training, Sum(I, X[B, I] * Folded[O, I]), [new FoldDefinition(Folded, fold)], []), CancellationToken.None);

    private static Verdict ProveEqual(Expr left, Expr right) => Prover.Prove(new Claim("test", left, right, [], []), CancellationToken.None);

    [Fact]
    public void A_low_rank_branch_equals_the_merged_weight_for_every_size()
    {
        var scale = Number(1.5);
        var verdict = ProveFold(Branch(scale), W[O, I] + (scale * Sum(R, Up[O, R] * Down[R, I])));
        Assert.IsType<Verdict.Proved>(verdict);
    }

    [Fact]
    public void A_doubled_scale_is_refuted_with_a_counterexample_that_is_true()
    {
        var verdict = ProveFold(Branch(1), W[O, I] + (2 * Sum(R, Up[O, R] * Down[R, I])));
        var text = Assert.IsType<Verdict.Refuted>(verdict).Counterexample;
        Assert.Equal("with x=[[1]], W=[[0]], A=[[1]], B=[[1]] training gives 1, inference gives 2", text);
    }

    [Fact]
    public void A_transposed_factor_is_refuted()
    {
        var transposed = Sum(J, Square[J, I] * X[B, J]);
        var straight = Sum(J, Square[I, J] * X[B, J]);
        Assert.IsType<Verdict.Refuted>(ProveEqual(straight, transposed));
    }

    [Fact]
    public void Bound_indices_are_renamed_under_symmetries()
    {
        var left = Sum(I, Sum(J, Square[I, J] * Square[J, I]));
        var right = Sum(J, Sum(I, Square[J, I] * Square[I, J]));
        Assert.IsType<Verdict.Proved>(ProveEqual(left, right));
        Assert.IsType<Verdict.Refuted>(ProveEqual(left, Sum(I, Sum(J, Square[I, J] * Square[I, J]))));
    }

    [Fact]
    public void A_product_of_sums_is_a_sum_over_both_indices()
    {
        var sum = Sum(I, X[B, I]);
        var other = Sum(J, new Tensor("x", TensorRole.Input, [B, J])[B, J]);
        Assert.IsType<Verdict.Proved>(ProveEqual(sum * sum, Sum(I, Sum(J, X[B, I] * new Tensor("x", TensorRole.Input, [B, I])[B, J]))));
        Assert.IsType<Verdict.Refuted>(ProveEqual(sum * other, Sum(I, X[B, I] * X[B, I])));
    }

    [Fact]
    public void Constants_count_once_for_each_value_of_an_index()
    {
        var c = new Tensor("c", TensorRole.Trainable, []).All;
        Assert.IsType<Verdict.Proved>(ProveEqual(Sum(I, X[B, I] + c), Sum(I, X[B, I]) + (new SizeValue(I.Size) * c)));
    }

    [Fact]
    public void Masks_are_idempotent_and_other_tensors_are_not()
    {
        var mask = new Tensor("M", TensorRole.Buffer, [O, I], Domain.Mask);
        Assert.IsType<Verdict.Proved>(ProveEqual(mask[O, I] * mask[O, I] * W[O, I], mask[O, I] * W[O, I]));
        Assert.IsType<Verdict.Refuted>(ProveEqual(W[O, I] * W[O, I], W[O, I]));
    }

    [Fact]
    public void Functions_are_equal_where_their_arguments_are()
    {
        var a = Exp(new Tensor("log_a", TensorRole.Trainable, []).All);
        Assert.IsType<Verdict.Proved>(ProveEqual(a * Atan((W[O, I] + W[O, I]) / a), a * Atan(2 * W[O, I] / a)));
        Assert.IsType<Verdict.Proved>(ProveEqual(Atan(-W[O, I]), -Atan(W[O, I])));
        Assert.IsType<Verdict.Refuted>(ProveEqual(a * Atan(W[O, I] / a), a * Tanh(W[O, I] / a)));
    }

    [Fact]
    public void An_identity_beyond_the_laws_is_tested_and_says_so()
    {
        var x = W[O, I];
        var verdict = Assert.IsType<Verdict.Tested>(ProveEqual(Square2(Sin(x)) + Square2(Cos(x)), 1));
        Assert.Contains("agrees at", verdict.Bound, StringComparison.Ordinal);

        static Expr Square2(Expr e) => Operators.Square(e);
    }

    [Fact]
    public void A_padded_window_equals_itself_shifted_and_not_one_off()
    {
        var n = Size.Symbol("n");
        var p = new Index("p", n);
        var u = new Index("u", 3);
        var signal = new Tensor("s", TensorRole.Input, [p]);
        var kernel = new Tensor("k", TensorRole.Trainable, [u]);
        Expr Convolution(long padding)
        {
            var at = (AffineIndex)p + u + Size.Of(-padding);
            return Sum(u, signal[at] * kernel[u] * Inside(at, n));
        }

        Assert.IsType<Verdict.Proved>(ProveEqual(Convolution(1), Convolution(1)));
        Assert.IsType<Verdict.Refuted>(ProveEqual(Convolution(1), Convolution(0)));
    }
}
