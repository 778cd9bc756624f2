using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Proof.Evaluation;
using static LayerDsl.Generator.Ir.Operators;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Lookups of levels in proofs: opaque to normal forms, exact at points.</summary>
public sealed class CodebookProofTests
{
    private static readonly Index I = new("i", Size.Symbol("n"));
    private static readonly Tensor W = new("W", TensorRole.Trainable, [I]);
    private static readonly Tensor S = new("S", TensorRole.Trainable, []);
    private static readonly Codebook Even = new("even", [-2, 0, new Rational(1, 2), 3], Ties.Even);
    private static readonly Codebook Lower = new("lower", [-2, 0, new Rational(1, 2), 3], Ties.Lower);

    [Fact]
    public void Equal_numbers_have_equal_levels()
    {
        var left = S.All * At(Even, Nearest(Even, (W.All * 2) + S.All));
        var right = At(Even, Nearest(Even, S.All + W.All + W.All)) * S.All;
        Assert.IsType<Verdict.Proved>(Prove(left, right));
    }

    [Fact]
    public void Another_table_or_another_tie_rule_is_no_proof()
    {
        var other = new Codebook("even", [-2, 0, new Rational(1, 2), 4], Ties.Even);
        Assert.IsNotType<Verdict.Proved>(Prove(Nearest(Even, W.All), Nearest(Lower, W.All)));
        Assert.IsType<Verdict.Refuted>(Prove(At(Even, Nearest(Even, W.All)), At(other, Nearest(other, W.All))));
    }

    [Fact]
    public void A_wrong_number_is_refuted() =>
        Assert.IsType<Verdict.Refuted>(Prove(At(Even, Nearest(Even, W.All)), At(Even, 1 + Nearest(Even, W.All))));

    [Theory]
    [InlineData(-3, 0, 0)]
    [InlineData(-1, 0, 0)] // A tie of 0 and 1: both rules take 0, which is lower and even.
    [InlineData(0.25, 2, 1)] // A tie of 1 and 2.
    [InlineData(1.75, 2, 2)] // A tie of 2 and 3.
    [InlineData(100, 3, 3)]
    public void All_arithmetics_agree_on_the_nearest_level(double x, int even, int lower)
    {
        foreach (var (codebook, expected) in new[] { (Even, even), (Lower, lower) })
        {
            Assert.Equal(expected, codebook.Nearest(x));
            Assert.Equal(expected, codebook.Nearest(Rational.FromDouble(x)));
            Assert.Equal(expected, new ExactArithmetic().Nearest(codebook, Rational.FromDouble(x)));
            Assert.Equal(new Interval(expected, expected), new IntervalArithmetic().Nearest(codebook, new Interval(x, x)));
            Assert.Equal(new Dual(expected, 0), new DualNumbers().Nearest(codebook, new Dual(x, 1)));
        }
    }

    [Fact]
    public void An_interval_across_a_midpoint_has_no_level()
    {
        Assert.Throws<UndefinedValueException>(() => new IntervalArithmetic().Nearest(Even, new Interval(0.2, 0.3)));
        Assert.Throws<UndefinedValueException>(() => new IntervalArithmetic().At(Even, new Interval(0.9, 1.1)));
        Assert.Equal(new Interval(0.5, 0.5), new IntervalArithmetic().At(Even, new Interval(2, 2.5)));
    }

    [Fact]
    public void Over_a_field_numbers_have_their_levels_and_a_value_has_one_number()
    {
        var field = new FieldArithmetic("seed");
        Assert.Equal(field.Number(new Rational(1, 2)), field.At(Even, field.Number(2)));
        Assert.Equal(field.Nearest(Even, field.Number(5)), field.Nearest(Even, field.Number(5)));
        Assert.InRange(field.Nearest(Even, field.Number(5)).Value, 0, 3);
    }

    [Fact]
    public void Formulas_name_the_table()
    {
        Assert.Equal("even[nearest(even, W[i] + 1)]", At(Even, Nearest(Even, W.All + 1)).ToString());
        Assert.Throws<ShapeException>(() => W.All + Even);
        Assert.Throws<ShapeException>(() => new Codebook("none", [1, 1], Ties.Lower));
    }

    private static Verdict Prove(Expr left, Expr right) => Prover.Prove(new Claim("test", left, right, [], []), CancellationToken.None);
}
