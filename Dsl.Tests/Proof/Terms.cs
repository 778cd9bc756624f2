using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>The indices and tensors that the proof tests speak of, and short ways to ask.</summary>
internal static class Terms
{
    public static readonly Index B = new("b", Size.Symbol("batch"));
    public static readonly Index O = new("o", Size.Symbol("out"));
    public static readonly Index I = new("i", Size.Symbol("in"));
    public static readonly Index J = new("j", Size.Symbol("in"));
    public static readonly Index K = new("k", Size.Symbol("in"));
    public static readonly Index R = new("r", Size.Symbol("rank"));

    public static readonly Tensor X = new("x", TensorRole.Input, [B, I]);
    public static readonly Tensor W = new("weight", TensorRole.Trainable, [O, I]);
    public static readonly Tensor A = new("A", TensorRole.Trainable, [R, I]);
    public static readonly Tensor Up = new("B", TensorRole.Trainable, [O, R]);
    public static readonly Tensor Bias = new("bias", TensorRole.Trainable, [O]);
    public static readonly Tensor Folded = new("W", TensorRole.Folded, [O, I]);
    public static readonly Tensor Matrix = new("M", TensorRole.Trainable, [I, J]);
    public static readonly Tensor Vector = new("v", TensorRole.Trainable, [I]);
    public static readonly Tensor LogA = new("log_a", TensorRole.Trainable, []);
    public static readonly Tensor LogB = new("log_b", TensorRole.Trainable, []);

    public static Expr Scalar(string name, Domain domain = Domain.Real) => new Tensor(name, TensorRole.Trainable, [], domain).All;

    public static Verdict Compare(Expr left, Expr right) => Prover.Prove(new Claim("test", left, right, [], []), CancellationToken.None);

    public static Verdict Fold(Expr training, Expr inference, Expr weight) =>
        Prover.Prove(new Claim("test", training, inference, [new FoldDefinition(Folded, weight)], []), CancellationToken.None);

    public static void IsProved(Expr left, Expr right) => Assert.IsType<Verdict.Proved>(Compare(left, right));

    public static string IsRefuted(Expr left, Expr right) => Assert.IsType<Verdict.Refuted>(Compare(left, right)).Counterexample;
}
