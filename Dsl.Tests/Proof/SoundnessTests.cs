using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;
using Xunit.Abstractions;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Random rewritings must be proved; whatever is proved must agree with plain evaluation.</summary>
public class SoundnessTests(ITestOutputHelper output)
{
    private static readonly Expr[] Forms =
    [
        Sum(I, X[B, I] * W[O, I]) + Bias[O],
        Sum(I, X[B, I] * (W[O, I] + (2 * Sum(R, Up[O, R] * A[R, I])))),
        Sum(I, Sum(J, Matrix[I, J] * Matrix[J, I])),
        Mean(I, Square(Vector[I] - Mean(J, Vector[J]))),
        Relu(Sum(I, X[B, I] * W[O, I])) * Bias[O],
        Sum(I, Abs(Vector[I]) * Max(Vector[I], X[B, I])),
        Sum(I, Vector[I]) / (1 + Square(Sum(J, Vector[J] * X[B, J]))),
        MaxOver(I, X[B, I] + Vector[I]) - Mean(I, X[B, I]),
        Select(GreaterOrEqual(Bias[O], 0), Bias[O], Sum(I, Matrix[I, I] * W[O, I])),
        Clamp(Sum(I, X[B, I]), -1, 2) * Sign(Bias[O]),
    ];

    [Fact]
    public void Rewritten_forms_are_proved()
    {
        var pairs = Forms.SelectMany(form => Enumerable.Range(0, 12).Select(seed => (form, rewritten: Rewrite(form, new Random(seed))))).ToArray();
        Assert.All(pairs, pair =>
        {
            IsProved(pair.form, pair.rewritten);
            Assert.True(Agree(pair.form, pair.rewritten), pair.form + " = " + pair.rewritten);
        });
    }

    [Fact]
    public void What_is_proved_agrees_and_what_is_refuted_does_not()
    {
        var pairs = Forms.SelectMany(form => Mutants.Of(form).Select(mutant => (form, mutant.Mutant))).ToArray();
        var verdicts = pairs.Select(pair => (pair.form, pair.Mutant, verdict: Compare(pair.form, pair.Mutant))).ToArray();
        output.WriteLine($"{verdicts.Length} pairs, {verdicts.Count(v => v.verdict is Verdict.Refuted)} refuted, {verdicts.Count(v => v.verdict is Verdict.Proved)} proved");
        Assert.All(verdicts.Where(v => v.verdict is Verdict.Proved), v => Assert.True(Agree(v.form, v.Mutant), v.form + " = " + v.Mutant));
        Assert.All(verdicts.Where(v => v.verdict is Verdict.Refuted), v => Assert.False(Agree(v.form, v.Mutant), v.form + " = " + v.Mutant));
        Assert.True(verdicts.Count(v => v.verdict is Verdict.Refuted) >= 50);
    }

    [Fact]
    public void Growing_sums_stay_within_the_budget_or_say_so()
    {
        var large = Enumerable.Range(0, 8).Aggregate((Expr)1, (product, k) => product * (Sum(I, X[B, I] * Vector[I]) + Scalar("c" + k)));
        var verdict = Prover.Prove(new Claim("test", large, large + Sin(Scalar("s")) - Sin(Scalar("s")), [], []), 200, CancellationToken.None);
        Assert.Contains("more than 200 steps", Assert.IsType<Verdict.Tested>(verdict).Bound, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_proof_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Prover.Prove(new Claim("test", Forms[0], Forms[1], [], []), source.Token));
    }

    [Fact]
    public void The_same_claim_gets_the_same_counterexample() => Assert.Equal(IsRefuted(Forms[0], Forms[1]), IsRefuted(Forms[0], Forms[1]));

    /// <summary>Identities of the reals at random places: commuted, distributed, renamed, split, padded with zero and one.</summary>
    private static Expr Rewrite(Expr form, Random random) => form.Rewrite(node => (node, random.Next(4)) switch
    {
        (Map { Function: Function.Add or Function.Multiply or Function.Max or Function.Min } map, < 2) => Simplifier.Map(map.Function, map.Arguments[1], map.Arguments[0]),
        (Map { Function: Function.Multiply } map, 2) when map.Arguments[1] is Map { Function: Function.Add } sum =>
            (map.Arguments[0] * sum.Arguments[0]) + (map.Arguments[0] * sum.Arguments[1]),
        (Reduce { Reduction: Reduction.Sum } sum, < 2) => sum.Index with { Name = sum.Index.Name + "x" } is var index
            ? Sum(index, sum.Body.Reindex([sum.Index], [index]))
            : sum,
        (Reduce { Reduction: Reduction.Sum } sum, 2) => 2 * Sum(sum.Index, sum.Body / 3) + (Sum(sum.Index, sum.Body) / 3),
        (Access access, 0) => (3 * (Expr)access) - access - access,
        (Access access, 1) => Mean(new Index("unused", Size.Symbol("rank")), access),
        _ => node,
    });

    private static bool Agree(Expr left, Expr right) => Enumerable.Range(0, 20).All(seed =>
    {
        long SizeOf(string symbol) => 1 + ((seed + symbol.Length) % 3);
        double Element(Tensor tensor, IReadOnlyList<long> place) => ((double)(Noise.Of(seed + tensor.Name + string.Join(",", place)) % 17) - 8) / 4;
        double Value(Expr expr, Dictionary<Index, long> at) =>
            new Evaluator<double>(new PlainArithmetic(single: false), SizeOf, Element, new Steps(long.MaxValue, default)).Evaluate(expr, at);
        var free = left.FreeIndices.Union(right.FreeIndices).ToArray();
        return Point.Places(free.Select(index => index.Size.Evaluate(SizeOf)).ToArray()).All(place =>
        {
            var at = free.Select((index, k) => (index, k)).ToDictionary(pair => pair.index, pair => place[pair.k]);
            var (a, b) = (Value(left, at), Value(right, at));
            return double.IsNaN(a + b) || double.IsInfinity(a + b) || Math.Abs(a - b) <= 1e-9 * (1 + Math.Abs(a) + Math.Abs(b));
        });
    });

    [Fact]
    public void A_sum_that_replaces_a_factor_of_a_sum_keeps_an_index_of_its_own()
    {
        var algebra = new Algebra(new Steps(Prover.StepLimit, CancellationToken.None));
        Polynomial Normal(Expr expr) => new Normalizer(algebra).Normalize(expr);
        var scale = Abs(Scalar("p"));
        var other = new Tensor("u", TensorRole.Trainable, [I]);
        var replaced = Replacing.In(algebra, Normal(Sum(I, Vector.All * scale)), Normal(scale).Terms[0].Product.Factors[0].Atom.Key, Normal(Sum(I, other.All)));
        Assert.Equal(Normal(Sum(I, Vector.All) * Sum(I, other.All)).Key, replaced.Key);
        Assert.NotEqual(Normal(Sum(I, Vector.All * other.All)).Key, replaced.Key);
    }

    [Fact]
    public void What_is_divided_by_nothing_or_has_no_logarithm_is_a_printed_condition()
    {
        var (x, y) = (Scalar("x"), Scalar("y"));
        Assert.Contains(Algebra.NonZeroDenominators, Assert.IsType<Verdict.Proved>(Compare(x / (y - y), x / (y - y))).Assumptions);
        Assert.Contains(Algebra.LogarithmsExist, Assert.IsType<Verdict.Proved>(Compare(Log(x) - Log(x), 0)).Assumptions);
        Assert.DoesNotContain(Algebra.LogarithmsExist, Assert.IsType<Verdict.Proved>(Compare(Log(1 + Abs(x)) - Log(1 + Abs(x)), 0)).Assumptions);
    }
}
