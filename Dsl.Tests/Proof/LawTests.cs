using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Each law with its side condition, and without it.</summary>
public class LawTests
{
    private static readonly Expr X1 = Scalar("x");
    private static readonly Expr Y1 = Scalar("y");
    private static readonly Expr Z1 = Scalar("z");
    private static readonly Expr P1 = Scalar("p", Domain.Positive);
    private static readonly Expr Q1 = Scalar("q", Domain.Positive);
    private static readonly Expr M1 = Scalar("m", Domain.Mask);

    [Fact]
    public void Exponentials_of_sums_are_products() => IsProved(Exp(X1 + (2 * Y1)) / Exp(Y1), Exp(X1) * Exp(Y1));

    [Fact]
    public void Logarithms_undo_exponentials() => IsProved(Log(Exp(X1) * Exp(Y1)), X1 + Y1);

    [Fact]
    public void Exponentials_undo_logarithms() => IsProved(Exp(2 * Log(X1)), X1 * X1);

    [Fact]
    public void Logarithms_of_positive_factors_are_sums() => IsProved(Log(8 * P1 / Q1), (3 * Log(2)) + Log(P1) - Log(Q1));

    [Fact]
    public void Powers_of_two_shift_between_functions() => IsProved(Exp2(Log2(P1) + 3), 8 * P1);

    [Fact]
    public void Powers_of_two_of_integers_are_exact() => IsProved(Exp2(3), 8);

    [Fact]
    public void Roots_of_squares_are_absolute_values() => IsProved(Sqrt(X1 * X1 * P1), Abs(X1) * Sqrt(P1));

    [Fact]
    public void Roots_of_numbers_multiply_exactly() => IsProved(Sqrt(8) * Sqrt(2) / Sqrt(3), 4 * Sqrt(3) / 3);

    [Fact]
    public void Undoing_a_logarithm_states_what_it_assumes()
    {
        var proved = Assert.IsType<Verdict.Proved>(Compare(Exp(Log(X1)), X1));
        Assert.Contains("arguments of logarithms are positive", proved.Assumptions);
    }

    [Fact]
    public void Free_indices_of_different_sizes_are_not_the_same()
    {
        var other = I with { Size = Size.Symbol("other") };
        var two = (AffineIndex)I + Size.One;
        Assert.IsNotType<Verdict.Proved>(Compare(Vector[two], Vector[(AffineIndex)other + Size.One]));
    }

    [Fact]
    public void Roots_of_squares_are_not_the_values() => IsRefuted(Sqrt(X1 * X1), X1);

    [Fact]
    public void Squares_of_roots_state_what_they_assume()
    {
        var proved = Assert.IsType<Verdict.Proved>(Compare(Square(Sqrt(X1)), X1));
        Assert.Contains("arguments of square roots are not negative", proved.Assumptions);
    }

    [Fact]
    public void A_quotient_of_equal_values_states_what_it_assumes()
    {
        var proved = Assert.IsType<Verdict.Proved>(Compare(X1 / X1, 1));
        Assert.Contains("denominators are not zero", proved.Assumptions);
        Assert.Empty(Assert.IsType<Verdict.Proved>(Compare(P1 / P1, 1)).Assumptions);
    }

    [Fact]
    public void Relu_is_positively_homogeneous() => IsProved(Relu(P1 * X1), P1 * Relu(X1));

    [Fact]
    public void Relu_is_not_homogeneous_for_any_factor() => IsRefuted(Relu(Y1 * X1), Y1 * Relu(X1));

    [Fact]
    public void Relu_splits_a_value_by_sign() => IsProved(Relu(X1) - Relu(-X1), X1);

    [Fact]
    public void The_absolute_value_is_a_sum_of_two_relus() => IsProved(Abs(X1), Relu(X1) + Relu(-X1));

    [Fact]
    public void Absolute_values_are_multiplicative() => IsProved(Abs(-2 * X1 * Y1), 2 * Abs(X1) * Abs(Y1));

    [Fact]
    public void Absolute_values_are_not_additive() => IsRefuted(Abs(X1 + Y1), Abs(X1) + Abs(Y1));

    [Fact]
    public void Sign_times_absolute_value_is_the_value() => IsProved(Sign(X1) * Abs(X1), X1);

    [Fact]
    public void Sign_times_value_is_the_absolute_value() => IsProved(Sign(X1) * X1, Abs(X1));

    [Fact]
    public void The_squared_sign_is_not_one() => IsRefuted(Square(Sign(X1)), 1);

    [Fact]
    public void Maxima_are_associative_and_idempotent() => IsProved(Max(Max(X1, Y1), Max(Z1, X1)), Max(X1, Max(Y1, Z1)));

    [Fact]
    public void Maxima_move_with_a_shift() => IsProved(Max(X1 + Z1, Y1 + Z1), Max(X1, Y1) + Z1);

    [Fact]
    public void Maximum_and_minimum_add_up_to_both() => IsProved(Max(X1, Y1) + Min(X1, Y1), X1 + Y1);

    [Fact]
    public void Masks_and_comparisons_are_idempotent() => IsProved(
        Square(M1) * Square(Greater(X1, Y1)), M1 * Greater(X1, Y1));

    [Fact]
    public void Other_tensors_are_not_idempotent() => IsRefuted(Square(X1), X1);

    [Fact]
    public void Selection_by_a_comparison_is_a_mixture() => IsProved(
        Select(GreaterOrEqual(X1, Y1), X1, Y1), Y1 + (GreaterOrEqual(X1, Y1) * (X1 - Y1)));

    [Fact]
    public void Comparisons_ignore_positive_factors() => IsProved(GreaterOrEqual(P1 * X1, P1 * Y1), GreaterOrEqual(X1, Y1));

    [Fact]
    public void Comparisons_do_not_ignore_other_factors() => IsRefuted(GreaterOrEqual(Z1 * X1, Z1 * Y1), GreaterOrEqual(X1, Y1));

    [Fact]
    public void Rounding_to_a_grid_twice_is_rounding_once()
    {
        var grid = P1 * Round(X1 / P1);
        IsProved(P1 * Round(grid / P1), grid);
        IsRefuted(Q1 * Round(grid / Q1), grid);
    }

    [Fact]
    public void Even_shifts_pass_through_rounding() => IsProved(Round(X1 + 4), Round(X1) + 4);

    [Fact]
    public void Odd_shifts_change_how_ties_round() => Assert.IsNotType<Verdict.Proved>(Compare(Round(X1 + 1), Round(X1) + 1));

    [Fact]
    public void Softmax_ignores_a_shift_along_its_axis()
    {
        Expr Softmax(Func<Index, Expr> scores) => Exp(scores(I)) / Sum(J, Exp(scores(J)));
        IsProved(Softmax(i => Vector[i] + X1), Softmax(i => Vector[i]));
        IsProved(Softmax(i => Vector[i] - MaxOver(K, Vector[K])), Softmax(i => Vector[i]));
        IsRefuted(Softmax(i => Vector[i] * X1), Softmax(i => Vector[i]));
    }

    [Fact]
    public void Scaling_a_standardized_row_changes_nothing()
    {
        Expr Standardized(Expr scale) => scale * Vector[I] / Sqrt(Mean(J, Square(scale * Vector[J])));
        IsProved(Standardized(P1), Standardized(1));
        IsRefuted(Standardized(X1), Standardized(1));
    }

    [Fact]
    public void The_affine_part_of_a_layer_norm_folds_into_the_next_layer()
    {
        var gamma = new Tensor("gamma", TensorRole.Trainable, [I]);
        var beta = new Tensor("beta", TensorRole.Trainable, [I]);
        var centered = X[B, I] - Mean(J, X[B, J]);
        var normalized = centered / Sqrt(Mean(K, Square(X[B, K] - Mean(J, X[B, J]))) + Number(1e-5));
        IsProved(
            Sum(I, W[O, I] * ((normalized * gamma[I]) + beta[I])) + Bias[O],
            Sum(I, W[O, I] * gamma[I] * normalized) + (Bias[O] + Sum(I, W[O, I] * beta[I])));
    }

    [Fact]
    public void Row_maxima_are_positively_homogeneous() => IsProved(MaxOver(I, (P1 * Vector[I]) + X1), (P1 * MaxOver(J, Vector[J])) + X1);
}
