using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

public class FoldProofTests
{
    private static readonly Expr A1 = Exp(LogA.All);
    private static readonly Expr B1 = Exp(LogB.All);
    private static readonly Expr Inference = Sum(I, X[B, I] * Folded[O, I]) + Bias[O];

    private static Expr Dense(Expr weight) => Sum(I, X[B, I] * weight) + Bias[O];

    private static Expr Arctan(Expr v) => A1 * Atan(v / B1);

    private static Expr Softsign(Expr v) => A1 * (v / B1) / (1 + Abs(v / B1));

    private static Expr MuLaw(Expr v) => Sign(v) * A1 * Log(1 + (Abs(v) / B1)) / Log(1 + (1 / B1));

    private static Expr Merged(Expr scale) => W[O, I] + (scale * Sum(R, Up[O, R] * A[R, I]));

    private static Expr Branch(Expr scale) => Dense(W[O, I]) + (scale * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I])));

    [Fact]
    public void A_linear_layer_folds_to_its_weight() => Assert.IsType<Verdict.Proved>(Fold(Dense(W[O, I]), Inference, W[O, I]));

    [Fact]
    public void A_companded_weight_folds() => Assert.IsType<Verdict.Proved>(Fold(Dense(Arctan(W[O, I])), Inference, Arctan(W[O, I])));

    [Fact]
    public void Softsign_may_be_written_over_a_common_denominator() =>
        Assert.IsType<Verdict.Proved>(Fold(Dense(Softsign(W[O, I])), Inference, A1 * W[O, I] / (B1 + Abs(W[O, I]))));

    [Fact]
    public void Mu_law_may_be_written_with_a_difference_of_logarithms() =>
        Assert.IsType<Verdict.Proved>(Fold(Dense(MuLaw(W[O, I])), Inference,
            Sign(W[O, I]) * A1 * (Log(B1 + Abs(W[O, I])) - LogB.All) / (Log(B1 + 1) - LogB.All)));

    [Fact]
    public void A_low_rank_branch_merges()
    {
        var verdict = Assert.IsType<Verdict.Proved>(Fold(Branch(Scalar("alpha") / 8), Inference, Merged(Scalar("alpha") / 8)));

        Assert.Contains("factors move into and out of sums", verdict.Laws);
        Assert.Empty(verdict.Assumptions);
    }

    [Fact]
    public void A_rank_stabilized_branch_merges()
    {
        Expr scale = 16 / Sqrt(new SizeValue(R.Size));
        Assert.IsType<Verdict.Proved>(Fold(Branch(scale), Inference, Merged(16 * Sqrt(new SizeValue(R.Size)) / new SizeValue(R.Size))));
    }

    [Fact]
    public void Alpha_over_rank_is_not_alpha_over_its_root() =>
        Assert.IsType<Verdict.Refuted>(Fold(Branch(16 / new SizeValue(R.Size)), Inference, Merged(16 / Sqrt(new SizeValue(R.Size)))));

    [Fact]
    public void Companding_a_merged_weight_folds() => Assert.IsType<Verdict.Proved>(Fold(Dense(Arctan(Merged(2))), Inference, Arctan(Merged(2))));

    [Fact]
    public void A_branch_beside_a_companded_weight_merges() => Assert.IsType<Verdict.Proved>(Fold(
        Dense(Arctan(W[O, I])) + (2 * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I]))), Inference, Arctan(W[O, I]) + (2 * Sum(R, Up[O, R] * A[R, I]))));

    [Fact]
    public void Companding_only_the_dense_part_is_refuted() =>
        Assert.IsType<Verdict.Refuted>(Fold(Dense(Arctan(Merged(2))), Inference, Arctan(W[O, I]) + (2 * Sum(R, Up[O, R] * A[R, I]))));

    [Fact]
    public void A_forgotten_branch_is_refuted_with_a_small_counterexample()
    {
        var refuted = Assert.IsType<Verdict.Refuted>(Fold(Branch(2), Inference, W[O, I]));

        Assert.Equal("with x=[[1]], weight=[[0]], bias=[0], B=[[1]], A=[[1]] training gives 2, inference gives 0", refuted.Counterexample);
    }

    [Fact]
    public void Batch_norm_folds_into_the_layer_before()
    {
        var gamma = new Tensor("gamma", TensorRole.Trainable, [O])[O];
        var beta = new Tensor("beta", TensorRole.Trainable, [O])[O];
        var mean = new Tensor("mean", TensorRole.Buffer, [O])[O];
        var deviation = Sqrt(new Tensor("variance", TensorRole.Buffer, [O], Domain.Positive)[O] + Number(1e-5));
        Assert.IsType<Verdict.Proved>(Compare(
            (gamma * (Dense(W[O, I]) - mean) / deviation) + beta,
            Sum(I, X[B, I] * (W[O, I] * gamma / deviation)) + ((Bias[O] - mean) * gamma / deviation) + beta));
    }

    [Fact]
    public void Query_and_key_fold_into_one_matrix()
    {
        var (s, t, d) = (new Index("s", Size.Symbol("time")), new Index("t", Size.Symbol("time")), new Index("d", Size.Symbol("head")));
        var tokens = new Tensor("x", TensorRole.Input, [s, I]);
        var (q, k) = (new Tensor("Wq", TensorRole.Trainable, [d, I]), new Tensor("Wk", TensorRole.Trainable, [d, I]));
        var root = Sqrt(new SizeValue(d.Size));
        var scores = Sum(d, Sum(I, tokens[s, I] * q[d, I]) * Sum(I, tokens[t, I] * k[d, I])) / root;
        var folded = Sum(I, Sum(J, tokens[s, I] * (Sum(d, q[d, I] * k[d, J]) / root) * tokens[t, J]));
        IsProved(scores, folded);
        IsRefuted(scores, Sum(I, Sum(J, tokens[s, J] * (Sum(d, q[d, I] * k[d, J]) / root) * tokens[t, I])));
    }
}
