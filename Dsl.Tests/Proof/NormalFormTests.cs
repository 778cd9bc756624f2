using LayerDsl.Generator.Ir;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

public class NormalFormTests
{
    private static readonly Expr Trace = Sum(I, Sum(J, Matrix[I, J] * Matrix[J, I]));

    [Fact]
    public void Bound_indices_are_renamed_across_a_symmetry() => IsProved(Trace, Sum(J, Sum(I, Matrix[J, I] * Matrix[I, J])));

    [Fact]
    public void A_transposed_factor_is_told_apart() => IsRefuted(Trace, Sum(I, Sum(J, Matrix[I, J] * Matrix[I, J])));

    [Fact]
    public void A_triangle_is_the_same_from_every_corner() => IsProved(
        Sum(I, Sum(J, Sum(K, Matrix[I, J] * Matrix[J, K] * Matrix[K, I]))),
        Sum(K, Sum(I, Sum(J, Matrix[J, I] * Matrix[K, J] * Matrix[I, K]))));

    [Fact]
    public void A_directed_triangle_is_not_a_transitive_one() => IsRefuted(
        Sum(I, Sum(J, Sum(K, Matrix[I, J] * Matrix[J, K] * Matrix[K, I]))),
        Sum(I, Sum(J, Sum(K, Matrix[I, J] * Matrix[J, K] * Matrix[I, K]))));

    [Fact]
    public void The_square_of_a_sum_is_a_double_sum() => IsProved(
        Square(Sum(I, Vector[I])), Sum(I, Sum(J, Vector[I] * Vector[J])));

    [Fact]
    public void A_mean_of_a_constant_is_the_constant() => IsProved(Mean(I, Scalar("c")), Scalar("c"));

    [Fact]
    public void Nested_functions_are_compared_up_to_renaming() => IsProved(
        Sum(I, Tanh(Sum(J, Matrix[I, J] * Vector[J]))), Sum(K, Tanh(Sum(I, Vector[I] * Matrix[K, I]))));

    [Fact]
    public void Variance_is_the_mean_square_minus_the_squared_mean() => IsProved(
        Mean(I, Square(Vector[I] - Mean(J, Vector[J]))), Mean(I, Square(Vector[I])) - Square(Mean(I, Vector[I])));

    [Fact]
    public void A_one_hot_sum_selects() => IsProved(
        Sum(J, Inside((AffineIndex)I + (Size.Of(-1) * J), 1) * Vector[J]), Vector[I]);

    [Fact]
    public void Padding_off_by_one_is_refuted()
    {
        var (p, u) = (new Index("p", Size.Symbol("width")), new Index("u", Size.Of(3)));
        var (image, kernel) = (new Tensor("x", TensorRole.Input, [p]), new Tensor("w", TensorRole.Trainable, [u]));
        Expr Convolve(int padding)
        {
            var at = (AffineIndex)p + u + Size.Of(-padding);
            return Sum(u, kernel[u] * Inside(at, p.Size) * image[at]);
        }

        IsProved(Convolve(1), Convolve(1) + 0);
        IsRefuted(Convolve(1), Convolve(0));
    }
}
