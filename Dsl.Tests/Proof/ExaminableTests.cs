using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Expressions that a proof cannot look at end in a verdict that says so: never in a stack overflow, an endless string, or a proof.</summary>
public class ExaminableTests
{
    [Theory]
    [InlineData(Examinable.DeepestNesting)]
    [InlineData(3000)]
    [InlineData(100_000)]
    public void Deep_nesting_is_reported(int depth)
    {
        var verdict = Compare(Nested(depth, Scalar("x")), Nested(depth, Scalar("y")));

        Assert.Contains($"nested {depth + 1} deep", Assert.IsType<Verdict.Tested>(verdict).Bound, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_in_a_gradient_is_reported()
    {
        var x = new Tensor("x", TensorRole.Trainable, []);

        var report = GradientCheck.Run(Nested(3000, x.All), new Tensor("v", TensorRole.Input, []), [(x, Nested(10, x.All))], CancellationToken.None);

        Assert.Null(report.Error);
        Assert.Equal(0, report.Points);
        Assert.Contains("nested 3001 deep", report.Reason, StringComparison.Ordinal);
    }

    /// <summary>The deepest forms that are looked at, on a stack smaller than any that a compiler has.</summary>
    [Fact]
    public void The_deepest_nesting_allowed_fits_on_a_small_stack()
    {
        Verdict? equal = null;
        Verdict? different = null;
        var thread = new Thread(
            () =>
            {
                var (x, y) = (Scalar("x"), Scalar("y"));
                equal = Compare(Nested(Examinable.DeepestNesting - 2, x * y), Nested(Examinable.DeepestNesting - 2, y * x));
                different = Compare(Nested(Examinable.DeepestNesting - 2, x * y), Nested(Examinable.DeepestNesting - 2, y + x));
            },
            maxStackSize: 1 << 19);
        thread.Start();
        thread.Join();

        Assert.IsType<Verdict.Proved>(equal);
        Assert.IsNotType<Verdict.Proved>(different);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    public void Parts_that_are_shared_again_and_again_are_reported(int levels)
    {
        Expr Shared(Expr start) => Enumerable.Range(0, levels).Aggregate(start, (inner, _) => Sin(inner + inner * Scalar("c")));

        var verdict = Compare(Shared(Scalar("x")), Shared(Scalar("y")));

        Assert.Matches("written out, a form has .* parts|nested .* deep", Assert.IsType<Verdict.Tested>(verdict).Bound);
    }

    [Fact]
    public void Names_of_the_proof_are_not_taken_for_indices_of_a_form()
    {
        var own = new Index("$1.0", Size.Symbol("in"));

        var free = Compare(Sum(J, Matrix[own, J] * Vector[J]), Sum(J, Matrix[J, own] * Vector[J]));
        var bound = Compare(Sum(own, Vector[own]), Sum(J, Vector[J]));

        Assert.All([free, bound], verdict => Assert.Contains("no name may begin with $", Assert.IsType<Verdict.Tested>(verdict).Bound, StringComparison.Ordinal));
    }

    private static Expr Nested(int depth, Expr inner) => Enumerable.Range(0, depth).Aggregate(inner, (body, _) => Sin(body));
}
