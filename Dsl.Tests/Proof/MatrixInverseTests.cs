using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Inverse matrices: their values, the laws that hold of them, and their gradients.</summary>
public sealed class MatrixInverseTests
{
    private static readonly Expr Same = Inside(I + (-Size.One * J), Size.One);

    /// <summary>I + M - Mᵀ, which always has an inverse.</summary>
    private static readonly Expr Shifted = Same + Matrix[I, J] - Matrix[J, I];

    private static readonly Tensor Other = new("N", TensorRole.Trainable, [I, J]);

    private static MatrixInverse Inverse(Expr body, AffineIndex row, AffineIndex column) => new(I, J, body, row, column);

    /// <summary>The Cayley map of M - Mᵀ at [i, j].</summary>
    private static Expr Cayley(Expr above, Expr below) => Sum(K, above.Reindex([J], [K]) * Inverse(below, K, J));

    private static IReadOnlyList<long[]> Places(int size) => [.. Enumerable.Range(0, size).SelectMany(row => Enumerable.Range(0, size).Select(column => new long[] { row, column }))];

    [Fact]
    public void The_inverse_is_exact_in_fractions_and_follows_from_cofactors()
    {
        Rational[,] matrix = { { 2, 1, 0 }, { 0, 0, 4 }, { 1, 3, 5 } };
        var inverse = Elimination.Inverse((Rational[,])matrix.Clone(), new ExactArithmetic(), new Steps(1000, CancellationToken.None));
        var determinant = new Rational(-20, 1);
        Rational Minor(int row, int column)
        {
            int[] r = [.. Enumerable.Range(0, 3).Where(k => k != row)], c = [.. Enumerable.Range(0, 3).Where(k => k != column)];
            return (matrix[r[0], c[0]] * matrix[r[1], c[1]]) - (matrix[r[0], c[1]] * matrix[r[1], c[0]]);
        }

        Assert.All(Places(3), place => Assert.Equal(((place[0] + place[1]) % 2 == 0 ? 1 : -1) * Minor((int)place[1], (int)place[0]) / determinant, inverse[place[0], place[1]]));
    }

    [Fact]
    public void A_singular_matrix_has_no_value_in_any_arithmetic()
    {
        T[,] Singular<T>(Func<int, T> number) => new[,] { { number(1), number(2) }, { number(2), number(4) } };
        var steps = new Steps(1000, CancellationToken.None);
        Assert.True(Assert.Throws<UndefinedValueException>(() => Elimination.Inverse(Singular(n => (Rational)n), new ExactArithmetic(), steps)).IsCertain);
        Assert.Throws<UndefinedValueException>(() => Elimination.Inverse(Singular(n => IntervalArithmetic.Exact(n)), new IntervalArithmetic(), steps));
        Assert.Throws<UndefinedValueException>(() => Elimination.Inverse(Singular(n => FieldArithmetic.Of(n, n)), new FieldArithmetic("seed"), steps));
        Assert.True(double.IsNaN(Elimination.Inverse(Singular(n => new Dual(n, 1)), new DualNumbers(), steps)[0, 0].Value));
    }

    [Fact]
    public void Equal_matrices_have_equal_inverses()
    {
        IsProved(Inverse(Shifted, I, J), Inverse(Matrix[I, J] + Same - Matrix[J, I], I, J));
        IsProved(Sum(K, Inverse(2 * Shifted, I, K) * Other[K, J]), Sum(K, Inverse(Shifted, I, K) * Other[K, J]) / 2);
        IsProved(Inverse(Shifted, I, J) - Inverse(-Shifted, I, J), 2 * Inverse(Shifted, I, J));
    }

    [Fact]
    public void The_inverse_of_a_transpose_is_the_transpose_of_the_inverse()
    {
        IsProved(Inverse(Matrix[I, J], I, J), new MatrixInverse(J, I, Matrix[I, J], J, I));
        IsProved(Inverse(Matrix[J, I], I, J), Inverse(Matrix[I, J], J, I));
        IsProved(Inverse(Same - Matrix[I, J] + Matrix[J, I], J, I), Inverse(Shifted, I, J));
    }

    [Fact]
    public void A_missing_transpose_and_another_matrix_are_refuted()
    {
        IsRefuted(Inverse(Matrix[I, J], I, J), Inverse(Matrix[I, J], J, I));
        IsRefuted(Cayley(Same - (Matrix[I, J] - Matrix[J, I]), Shifted), Cayley(Same + (Matrix[I, J] - Matrix[J, I]), Shifted));
        IsRefuted(Inverse(Shifted, I, J), Inverse(Shifted + (Same / 64), I, J));
        IsRefuted(Inverse(Shifted, I, J), Shifted);
    }

    [Fact]
    public void Reverse_mode_agrees_with_the_differentiated_elimination()
    {
        var above = new Tensor("g", TensorRole.OutputGradient, [I, J]);
        foreach (var forward in new[] { Inverse(Shifted, I, J), Inverse(Shifted, J, I) * Matrix[I, J], Cayley(Same - Matrix[I, J] + Matrix[J, I], Shifted), Tanh(Inverse(Same + Name("squares", Sum(K, Matrix[K, I] * Matrix[K, J])), I, J)) })
        {
            var gradients = ReverseMode.Differentiate(forward, above.All, [Matrix]).Select(gradient => (gradient.Tensor, gradient.Value)).ToArray();
            var report = GradientCheck.Run(forward, above, gradients, CancellationToken.None);
            Assert.Null(report.Error);
            Assert.True(report.Points >= 3, report.Reason);
        }
    }

    [Fact]
    public void A_gradient_without_a_transpose_or_sign_is_found()
    {
        var above = new Tensor("g", TensorRole.OutputGradient, [I, J]);
        var (a, b) = (new Index("a", I.Size), new Index("c", I.Size));
        Expr Gradient(Func<AffineIndex, AffineIndex, Expr> left, Func<AffineIndex, AffineIndex, Expr> right) => -Sum(b, Sum(a, left(a, I) * above[a, b]) * right(J, b));
        Expr Straight(AffineIndex row, AffineIndex column) => Inverse(Matrix[I, J], row, column);
        Expr Turned(AffineIndex row, AffineIndex column) => Inverse(Matrix[I, J], column, row);
        GradientReport Check(Expr gradient) => GradientCheck.Run(Inverse(Matrix[I, J], I, J), above, [(Matrix, gradient)], CancellationToken.None);

        Assert.Null(Check(Gradient(Straight, Straight)).Error);
        Assert.NotNull(Check(Gradient(Turned, Straight)).Error);
        Assert.NotNull(Check(Gradient(Straight, Turned)).Error);
        Assert.NotNull(Check(-Gradient(Straight, Straight)).Error);
    }

    [Fact]
    public void A_matrix_that_is_not_square_or_depends_on_more_is_no_expression()
    {
        Assert.Throws<ShapeException>(() => new MatrixInverse(O, I, W[O, I], I, O));
        Assert.Throws<ShapeException>(() => new MatrixInverse(I, J, Matrix[I, J] * Bias[O], I, J));
        Assert.Throws<ShapeException>(() => new MatrixInverse(I, J, Matrix[I, J], O, J));
    }
}
