using LayerDsl.Generator;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;

namespace LayerDsl.Tests.Proof;

/// <summary>Gradients that reverse mode once got wrong, wrong gradients that the check once passed, and right ones that it once refused.</summary>
public class GradientRegressionTests
{
    private static readonly Tensor Other = new("u", TensorRole.Trainable, [I]);
    private static readonly Tensor ScalarA = new("a", TensorRole.Trainable, []);
    private static readonly Tensor AboveVector = new("g", TensorRole.OutputGradient, [I]);
    private static readonly Tensor AboveScalar = new("g", TensorRole.OutputGradient, []);

    private static Tensor AboveOf(Expr forward) => new("g", TensorRole.OutputGradient, forward.FreeIndexList.AsEnumerable().ToEquatableArray());

    private static GradientReport Check(Expr forward, params (Tensor, Expr)[] gradients) => GradientCheck.Run(forward, AboveOf(forward), gradients, CancellationToken.None);

    private static void IsRight(Expr forward, params (Tensor, Expr)[] gradients)
    {
        var report = Check(forward, gradients);
        Assert.Null(report.Error);
        Assert.True(report.Points > 0, report.Reason);
    }

    private static void IsWrong(Expr forward, params (Tensor, Expr)[] gradients) => Assert.NotNull(Check(forward, gradients).Error);

    /// <summary>Right by the check, and over the tensor's own axes.</summary>
    private static IReadOnlyList<Gradient> Differentiates(Expr forward, params Tensor[] wanted)
    {
        var gradients = ReverseMode.Differentiate(forward, AboveOf(forward).All, wanted);
        Assert.Equal(wanted, gradients.Select(gradient => gradient.Tensor));
        Assert.All(gradients, gradient => Assert.Subset(gradient.Tensor.Axes.ToHashSet(), gradient.Value.FreeIndices.ToHashSet()));
        IsRight(forward, gradients.Select(gradient => (gradient.Tensor, gradient.Value)).ToArray());
        return gradients;
    }

    [Fact]
    public void What_a_sum_broadcasts_counts_as_often_as_it_is_added()
    {
        var gradients = Differentiates(Sum(I, Vector[I] + ScalarA.All), Vector, ScalarA);

        IsProved(gradients[1].Value, AboveScalar.All * new SizeValue(I.Size));
    }

    [Fact]
    public void Broadcasts_inside_sums_and_means_differentiate()
    {
        Differentiates(Sum(J, Matrix[I, J] + Vector[I]), Matrix, Vector);
        Differentiates(Mean(I, Vector[I] - Mean(J, Other[J])), Vector, Other);
        Differentiates(Sum(I, Sum(J, Vector[I] + Other[J] + ScalarA.All)), Vector, Other, ScalarA);
        Differentiates(MaxOver(I, Vector[I] + ScalarA.All), Vector, ScalarA);
        Differentiates(Sum(J, Name("shifted", Other[J] + Name("shift", ScalarA.All * 2))), Other, ScalarA);
    }

    [Fact]
    public void A_diagonal_gets_the_gradient_on_the_diagonal_only()
    {
        var diagonal = Inside((AffineIndex)I + (Size.Of(-1) * J), Size.One) * AboveScalar.All;
        foreach (var index in new[] { I, J, K })
        {
            var gradient = Assert.Single(Differentiates(Sum(index, Matrix[index, index]), Matrix));
            IsProved(gradient.Value, diagonal);
        }

        Differentiates(Matrix[K, K] * ScalarA.All, Matrix, ScalarA);
        Differentiates(Sum(J, Matrix[J, J] * Matrix[I, J]), Matrix);
    }

    [Fact]
    public void An_index_at_a_plain_and_at_a_composed_place_differentiates()
    {
        var wide = new Tensor("wide", TensorRole.Trainable, [I, new("z", 2 * I.Size)]);
        var tall = new Tensor("tall", TensorRole.Trainable, [new("z", 2 * I.Size), I]);
        Differentiates(Sum(J, wide[J, 2 * (AffineIndex)J] * Vector[J]), wide, Vector);
        Differentiates(Sum(J, tall[2 * (AffineIndex)J, J] * Vector[J]), tall, Vector);
    }

    [Fact]
    public void What_is_detached_in_one_place_and_live_in_another_keeps_its_derivative_there()
    {
        var (v, above) = (Vector[I], AboveVector[I]);
        IsWrong(StopGradient(Square(v)) + Square(v), (Vector, 0 * above));
        IsRight(StopGradient(Square(v)) + Square(v), (Vector, 2 * v * above));

        var scale = Name("scale", Sum(J, Square(Vector[J])));
        IsWrong(v * scale / StopGradient(scale), (Vector, above));

        var mean = Sum(J, Abs(Vector[J])) / new SizeValue(I.Size);
        IsWrong(mean * StraightThrough(Round(v / StopGradient(mean)), v / StopGradient(mean)), (Vector, above));
    }

    [Fact]
    public void A_detached_value_that_a_gradient_repeats_is_still_free()
    {
        var (a, b) = (ScalarA, new Tensor("b", TensorRole.Trainable, []));
        var above = AboveScalar.All;
        var forward = b.All * StraightThrough(Round(a.All / b.All), a.All / b.All);
        IsRight(forward, (a, above), (b, above * (Round(a.All / b.All) - (a.All / b.All))));
        IsWrong(forward, (a, above), (b, above * Round(a.All / b.All)));
    }

    [Fact]
    public void A_large_derivative_for_one_tensor_does_not_hide_a_wrong_one_for_another()
    {
        var (a, b) = (ScalarA, new Tensor("b", TensorRole.Trainable, []));
        var above = AboveScalar.All;
        var forward = (Number(1e10) * a.All) + (b.All * b.All);
        IsWrong(forward, (a, Number(1e10) * above), (b, 0 * above));
        IsRight(forward, (a, Number(1e10) * above), (b, 2 * b.All * above));
    }

    [Fact]
    public void Agreement_inside_of_a_wide_enclosure_does_not_count()
    {
        var v = Vector[I];
        var report = Check(Square(v), (Vector, AboveVector[I] * ((3 * v) + Exp(100 + Square(v)) - Exp(100 + Square(v)))));

        Assert.True(report.Error is not null || report.Points == 0);
    }

    [Fact]
    public void A_gradient_that_is_right_at_one_size_only_is_wrong()
    {
        var mean = Sum(I, Square(Vector[I])) / new SizeValue(I.Size);
        foreach (var size in new[] { 1, 2, 3, 4 })
        {
            IsWrong(mean, (Vector, 2 * AboveScalar.All * Vector[I] / size));
        }

        IsRight(mean, (Vector, 2 * AboveScalar.All * Vector[I] / new SizeValue(I.Size)));
    }

    [Fact]
    public void Points_outside_of_the_domain_of_a_function_are_passed_over()
    {
        IsRight(Log(Vector[I]), (Vector, AboveVector[I] / Abs(Vector[I])));
        IsRight(Log(Vector[I]), (Vector, AboveVector[I] * Exp(-Log(Vector[I]))));
        IsWrong(Log(Vector[I]), (Vector, 2 * AboveVector[I] / Abs(Vector[I])));
        IsRight(Max(Log(Vector[I]), -100), (Vector, AboveVector[I] / Abs(Vector[I])));
    }

    [Fact]
    public void Right_gradients_of_forms_that_cancel_are_right()
    {
        var (a, above) = (ScalarA.All, AboveScalar.All);
        IsRight(Square(a + 1000) - Square(a) - (2000 * a), (ScalarA, 0 * above));
        IsRight(Square(a + 1000000) - Square(a) - (2000000 * a) + a, (ScalarA, above));
        IsRight(a / Sqrt(Square(a)), (ScalarA, 0 * above));
        IsRight(Sum(I, Exp(Vector[I]) / Sum(J, Exp(Vector[J]))), (Vector, 0 * above));
    }

    [Fact]
    public void Wrong_gradients_of_forms_that_cancel_are_wrong()
    {
        var (a, above) = (ScalarA.All, AboveScalar.All);
        IsWrong(Square(a + 1000) - Square(a) - (2000 * a), (ScalarA, Number(1e-6) * above));
        IsWrong(Square(a + 1000000) - Square(a) - (2000000 * a) + a, (ScalarA, Number(1.001) * above));
        IsWrong(Sum(I, Exp(Vector[I]) / Sum(J, Exp(Vector[J]))), (Vector, Number(1e-6) * above));
    }

    [Fact]
    public void A_shift_that_a_softmax_ignores_differentiates()
    {
        var shifted = Vector[I] + ScalarA.All;
        Differentiates(Exp(shifted) / Sum(J, Exp(Vector[J] + ScalarA.All)), Vector, ScalarA);
    }

    [Fact]
    public void A_tensor_of_a_size_that_the_forward_form_has_not_is_checked_too()
    {
        var unused = new Tensor("unused", TensorRole.Trainable, [O]);
        IsRight(Square(Vector[I]), (Vector, 2 * AboveVector[I] * Vector[I]), (unused, 0));
        IsRight(Square(Vector[I]), (unused, 0));
        IsWrong(Square(Vector[I]), (Vector, 2 * AboveVector[I] * Vector[I]), (unused, 1));
    }

    [Fact]
    public void An_index_that_a_gradient_must_not_have_is_reported()
    {
        var stray = Check(Square(Vector[I]), (Vector, 2 * AboveVector[I] * Vector[I] * Other[K]));
        Assert.Equal("the gradient for 'v' depends on the index 'k', but the tensor has the axes [i]; sum over the index", stray.Error);

        var narrow = GradientCheck.Run(Square(Vector[I]), AboveScalar, [(Vector, 2 * AboveScalar.All * Vector[I])], CancellationToken.None);
        Assert.Equal("the output depends on the index 'i', but its gradient 'g' has the axes []; give it that axis too", narrow.Error);
    }
}
