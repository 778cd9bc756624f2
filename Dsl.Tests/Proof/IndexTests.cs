using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Split and merged indices, gathers through tables, orthonormal rows: proved where right, refuted where wrong.</summary>
public class IndexTests
{
    private static readonly Size N = Size.Symbol("n");
    private static readonly Size K = Size.Symbol("k");
    private static readonly Size M = Size.Symbol("m");
    private static readonly Size Outer = Size.Symbol("outer");
    private static readonly Index O = new("o", Outer * K);
    private static readonly Index I = new("i", N * M);
    private static readonly Index A = new("a", N);
    private static readonly Index B = new("b", M);
    private static readonly Tensor X = new("x", TensorRole.Input, [I]);

    private static readonly Tensor Left = new("A", TensorRole.Trainable, [new Index("g", Outer), A]);
    private static readonly Tensor Right = new("B", TensorRole.Trainable, [new Index("h", K), B]);

    private static AffineIndex Merged(Index group, Index place, Size length) => (length * group) + place;

    [Fact]
    public void A_Kronecker_product_is_two_contractions() => Proved(
        Sum(I, X[I] * Left[Places.Quotient(O, K), Places.Quotient(I, M)] * Right[Places.Remainder(O, K), Places.Remainder(I, M)]),
        Sum(A, Left[Places.Quotient(O, K), A] * Sum(B, Right[Places.Remainder(O, K), B] * X[Merged(A, B, M)])));

    [Fact]
    public void A_Kronecker_product_with_its_factors_swapped_is_refuted() => Refuted(
        Sum(I, X[I] * Left[Places.Quotient(O, K), Places.Quotient(I, M)] * Right[Places.Remainder(O, K), Places.Remainder(I, M)]),
        Sum(A, Left[Places.Quotient(O, K), A] * Sum(B, Right[Places.Remainder(O, K), B] * new Tensor("x", TensorRole.Input, [I])[(AffineIndex)A + (N * B)])));

    [Fact]
    public void Scales_of_groups_move_out_of_the_sums_over_their_groups()
    {
        var (codes, scale) = Groups();
        Proved(Sum(I, X[I] * codes[O, I] * scale[O, Places.Quotient(I, M)]), Sum(A, scale[O, A] * Sum(B, codes[O, Merged(A, B, M)] * X[Merged(A, B, M)])));
        Refuted(Sum(I, X[I] * codes[O, I] * scale[O, Places.Quotient(I, M)]), Sum(A, scale[O, A] * Sum(B, codes[O, Merged(A, B, M)] * X[(AffineIndex)B + (N * A)])));
    }

    [Fact]
    public void A_sum_over_heads_and_features_is_one_over_both()
    {
        var (q, k) = (new Tensor("q", TensorRole.Input, [I]), new Tensor("k", TensorRole.Input, [I]));
        Proved(Sum(A, Sum(B, q[Merged(A, B, M)] * k[Merged(A, B, M)])), Sum(I, q[I] * k[I]));
        Refuted(Sum(A, Sum(B, q[Merged(A, B, M)] * k[(AffineIndex)A + (N * B)])), Sum(I, q[I] * k[I]));
    }

    [Fact]
    public void A_group_and_the_place_in_it_say_where_an_index_is() => Proved(X[(M * Places.Quotient(I, M)) + Places.Remainder(I, M)], X[I]);

    [Fact]
    public void Shared_weights_are_sums_by_value_of_sums_by_place()
    {
        var (table, values) = Shared();
        var code = Places.Entry(table, O, I);
        Proved(
            Sum(I, X[I] * values[code]),
            Sum(A, values[A] * Sum(I, X[I] * Inside(code + (Size.Of(-1) * A), 1))));
        Refuted(
            Sum(I, X[I] * values[code]),
            Sum(A, values[A] * Sum(I, X[I] * Inside(code + (Size.Of(-1) * A) + Size.One, 1))));
    }

    [Fact]
    public void An_embedding_is_a_product_with_one_hot_vectors()
    {
        var tokens = new Tensor("tokens", TensorRole.Input, [O]) { Entries = N };
        var weight = new Tensor("W", TensorRole.Trainable, [A, B]);
        var token = Places.Entry(tokens, O);
        Proved(weight[token, B], Sum(A, Inside(token + (Size.Of(-1) * A), 1) * weight[A, B]));
    }

    [Fact]
    public void Rows_that_the_fold_makes_orthonormal_cancel()
    {
        var rotation = new Tensor("Q", TensorRole.Folded, [A, B]) { HasOrthonormalRows = true };
        var (v, s) = (new Tensor("v", TensorRole.Input, [A]), new Index("s", N));
        var verdict = Proved(Sum(B, Sum(A, v[A] * rotation[A, B]) * rotation[s, B]), v[s]);
        Assert.Contains("the rows of 'Q' are orthonormal, as the fold makes them", verdict.Assumptions);
        Proved(Sum(B, Sum(A, Square(rotation[A, B]))), new SizeValue(N));
        Refuted(Sum(B, Sum(A, v[A] * rotation[A, B]) * rotation[s, B]), 2 * v[s]);
        Refuted(Sum(A, rotation[A, B] * rotation[A, new Index("c", M)]), Inside((AffineIndex)B + (Size.Of(-1) * new Index("c", M)), 1));
    }

    [Fact]
    public void Without_orthonormal_rows_nothing_cancels()
    {
        var matrix = new Tensor("Q", TensorRole.Folded, [A, B]);
        var (v, s) = (new Tensor("v", TensorRole.Input, [A]), new Index("s", N));
        Refuted(Sum(B, Sum(A, v[A] * matrix[A, B]) * matrix[s, B]), v[s]);
    }

    [Fact]
    public void Gradients_go_to_the_groups_and_table_entries_that_were_read()
    {
        var (codes, scale) = Groups();
        Checked(Sum(I, X[I] * codes[O, I] * scale[O, Places.Quotient(I, M)]), codes, scale, X);
        var (table, values) = Shared();
        Checked(Sum(I, X[I] * values[Places.Entry(table, O, I)]), values, X);
        Checked(Sum(I, X[I] * Left[Places.Quotient(O, K), Places.Quotient(I, M)] * Right[Places.Remainder(O, K), Places.Remainder(I, M)]), Left, Right, X);
    }

    [Fact]
    public void A_group_whose_divisor_does_not_divide_needs_a_number_of_groups()
    {
        var error = Assert.Throws<ShapeException>(() => Places.Quotient(new Index("i", Size.Symbol("in")), M));
        Assert.Contains("say how many groups there are", error.Message, StringComparison.Ordinal);
        Assert.Equal("(i) div (m)", Places.Quotient(new Index("i", (Size.Symbol("groups") * M) - Size.Of(1)), M, Size.Symbol("groups")).ToString());
    }

    [Fact]
    public void A_place_before_the_first_group_or_after_the_last_has_no_group()
    {
        Assert.Contains("may lie outside", Assert.Throws<ShapeException>(() => Places.Quotient((AffineIndex)I + Size.Of(-1), 2, Size.Symbol("in"))).Message, StringComparison.Ordinal);
        Assert.Contains("may lie outside", Assert.Throws<ShapeException>(() => Places.Quotient(new Index("i", 7), 2, 3)).Message, StringComparison.Ordinal);
        Assert.Equal("(i) div (2)", Places.Quotient(new Index("i", 7), 2, 4).ToString());
    }

    private static (Tensor Codes, Tensor Scale) Groups() => (new Tensor("C", TensorRole.Trainable, [O, I]), new Tensor("s", TensorRole.Trainable, [O, A]));

    private static (Tensor Table, Tensor Values) Shared() =>
        (new Tensor("code", TensorRole.Buffer, [O, I]) { Entries = N }, new Tensor("values", TensorRole.Trainable, [A]));

    private static Verdict.Proved Proved(Expr left, Expr right) => Assert.IsType<Verdict.Proved>(Terms.Compare(left, right));

    private static void Refuted(Expr left, Expr right) => Assert.IsType<Verdict.Refuted>(Terms.Compare(left, right));

    private static void Checked(Expr forward, params Tensor[] tensors)
    {
        var gradient = new Tensor("v", TensorRole.OutputGradient, [O]);
        var gradients = ReverseMode.Differentiate(forward, gradient.All, tensors);
        Assert.Equal(tensors.Length, gradients.Count);
        var report = GradientCheck.Run(forward, gradient, [.. gradients.Select(pair => (pair.Tensor, pair.Value))], CancellationToken.None);
        Assert.Null(report.Error);
        Assert.True(report.Points > 0);
        var wrong = GradientCheck.Run(forward, gradient, [.. gradients.Select(pair => (pair.Tensor, 2 * pair.Value))], CancellationToken.None);
        Assert.NotNull(wrong.Error);
    }
}
