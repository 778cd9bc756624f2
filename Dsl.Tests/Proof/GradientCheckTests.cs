using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;

namespace LayerDsl.Tests.Proof;

public class GradientCheckTests
{
    private static readonly Tensor Above = new("g", TensorRole.OutputGradient, [B, O]);
    private static readonly Tensor[] Stored = [X, W, A, Up, Bias, LogA, LogB];
    private static readonly Expr Forward = Sum(I, X[B, I] * Exp(LogA.All) * Atan(W[O, I] / Exp(LogB.All)))
        + (2 * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I]))) + Bias[O];

    private static GradientReport Check(Expr forward, IReadOnlyList<(Tensor, Expr)> gradients) => GradientCheck.Run(forward, Above, gradients, CancellationToken.None);

    [Fact]
    public void Reverse_mode_agrees_with_forward_mode()
    {
        var report = Check(Forward, [.. ReverseMode.Differentiate(Forward, Above.All, Stored).Select(gradient => (gradient.Tensor, gradient.Value))]);

        Assert.Null(report.Error);
        Assert.True(report.Points >= 3);
        Assert.Empty(report.Surrogates);
    }

    [Fact]
    public void Every_fault_in_a_gradient_is_found()
    {
        var count = 0;
        foreach (var (tensor, gradient) in ReverseMode.Differentiate(Forward, Above.All, Stored))
        {
            foreach (var (fault, mutant) in Mutants.Of(gradient).Where(m => Compare(m.Mutant, gradient) is not Verdict.Proved))
            {
                count++;
                Assert.True(Check(Forward, [(tensor, mutant)]).Error is not null, $"{tensor.Name}, {fault}: {mutant}");
            }
        }

        Assert.True(count > 50, $"only {count} mutants");
    }

    [Fact]
    public void A_declared_surrogate_counts_as_derivative_and_is_named()
    {
        var forward = Sum(I, X[B, I] * StraightThrough(Round(W[O, I]), W[O, I]));
        var report = Check(forward, [(W, Sum(B, Above[B, O] * X[B, I]))]);

        Assert.Null(report.Error);
        Assert.Equal(["straight-through"], report.Surrogates);
    }

    [Fact]
    public void Without_the_surrogate_the_same_gradient_is_wrong()
    {
        var forward = Sum(I, X[B, I] * Round(W[O, I]));
        Assert.NotNull(Check(forward, [(W, Sum(B, Above[B, O] * X[B, I]))]).Error);
    }

    [Fact]
    public void A_gradient_without_a_value_is_wrong()
    {
        var report = Check(Sum(I, X[B, I] * W[O, I]), [(W, Sum(B, Above[B, O] * X[B, I]) / Log(1))]);

        Assert.Equal("for 'weight' the gradient has no value (division by zero) where the layer has a derivative", report.Error);
    }

    [Fact]
    public void A_fault_inside_a_sign_is_found()
    {
        var merged = W[O, I] + (Number(9.25) * Sum(R, Up[O, R] * A[R, I]));
        var gradient = Sum(B, Above[B, O] * X[B, I]);

        Assert.Null(Check(Sum(I, X[B, I] * Abs(merged)), [(W, gradient * Sign(merged))]).Error);
        Assert.NotNull(Check(Sum(I, X[B, I] * Abs(merged)), [(W, gradient * Sign(merged + 1))]).Error);
    }

    [Fact]
    public void A_maximum_and_a_softmax_differentiate()
    {
        var forward = Exp(X[B, I] - MaxOver(J, X[B, J])) / Sum(K, Exp(X[B, K]));
        var above = new Tensor("g", TensorRole.OutputGradient, [B, I]);
        var report = GradientCheck.Run(forward, above, [.. ReverseMode.Differentiate(forward, above.All, [X]).Select(gradient => (gradient.Tensor, gradient.Value))], CancellationToken.None);

        Assert.Null(report.Error);
    }
}
