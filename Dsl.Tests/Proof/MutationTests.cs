using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using Xunit.Abstractions;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Proof;

/// <summary>Every planted fault that changes the function must be refuted; what does not change it must be recognised as equal.</summary>
public class MutationTests(ITestOutputHelper output)
{
    private static readonly Expr Height = Exp(LogA.All);
    private static readonly Expr Width = Exp(LogB.All);
    private static readonly Expr V = W[O, I];
    private static readonly Expr Product = Sum(R, Up[O, R] * A[R, I]);

    private static Expr Dense(Expr weight) => Sum(I, X[B, I] * weight) + Bias[O];

    private static Expr BatchNorm()
    {
        var (gamma, mean) = (new Tensor("gamma", TensorRole.Trainable, [O])[O], new Tensor("mean", TensorRole.Buffer, [O])[O]);
        var variance = new Tensor("variance", TensorRole.Buffer, [O], Domain.Positive)[O];
        return gamma * (Dense(V) - mean) / Sqrt(variance + Number(1e-3));
    }

    private static Expr Attention()
    {
        var (s, t, d) = (new Index("s", Size.Symbol("time")), new Index("t", Size.Symbol("time")), new Index("d", Size.Symbol("head")));
        var tokens = new Tensor("x", TensorRole.Input, [s, I]);
        var (q, k) = (new Tensor("Wq", TensorRole.Trainable, [d, I]), new Tensor("Wk", TensorRole.Trainable, [d, I]));
        return Sum(d, Sum(I, tokens[s, I] * q[d, I]) * Sum(J, tokens[t, J] * k[d, J])) / Sqrt(new SizeValue(d.Size));
    }

    private static Expr Convolution()
    {
        var (p, u) = (new Index("p", Size.Symbol("width")), new Index("u", Size.Of(3)));
        var (image, kernel) = (new Tensor("x", TensorRole.Input, [p]), new Tensor("w", TensorRole.Trainable, [u]));
        var at = (AffineIndex)p + u + Size.Of(-1);
        return Sum(u, kernel[u] * Inside(at, p.Size) * image[at]);
    }

    private static readonly (string Name, Expr Form)[] Forms =
    [
        ("linear", Dense(V)),
        ("arctan", Dense(Height * Atan(V / Width))),
        ("softsign", Dense(Height * (V / Width) / (1 + Abs(V / Width)))),
        ("mu-law", Dense(Sign(V) * Height * Log(1 + (Abs(V) / Width)) / Log(1 + (1 / Width)))),
        ("low rank", Dense(V) + (Number(1.5) * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I])))),
        ("rank-stabilized", Dense(V) + (16 / Sqrt(new SizeValue(R.Size)) * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I])))),
        ("arctan of low rank", Dense(Height * Atan((V + (2 * Product)) / Width))),
        ("low rank of arctan", Dense((Height * Atan(V / Width)) + (2 * Product))),
        ("batch norm", BatchNorm()),
        ("attention", Attention()),
        ("convolution", Convolution()),
    ];

    [Fact]
    public void Every_fault_that_changes_the_function_is_refuted()
    {
        var mutants = Forms.SelectMany(form => Mutants.Of(form.Form).Where(m => !m.Mutant.Equals(form.Form)).GroupBy(m => m.Mutant).Select(group => group.First())
            .Select(m => (form.Name, form.Form, m.Fault, m.Mutant))).ToArray();
        var verdicts = mutants.Select(m => (m, verdict: Compare(m.Form, m.Mutant))).ToArray();
        foreach (var (m, verdict) in verdicts.Where(pair => pair.verdict is not Verdict.Refuted))
        {
            output.WriteLine($"{m.Name}, {m.Fault}: {m.Mutant} is {verdict}");
        }

        output.WriteLine($"{mutants.Length} mutants, {verdicts.Count(pair => pair.verdict is Verdict.Refuted)} refuted, "
            + $"{verdicts.Count(pair => pair.verdict is Verdict.Proved)} equivalent");
        Assert.True(mutants.Length >= 200, $"only {mutants.Length} mutants");
        Assert.DoesNotContain(verdicts, pair => pair.verdict is Verdict.Tested);
        Assert.All(verdicts.Where(pair => pair.verdict is Verdict.Proved), pair =>
            Assert.True(IsEquivalent(pair.m.Name, pair.m.Fault), pair.m.Name + ": " + pair.m.Fault + ": " + pair.m.Mutant));
    }

    /// <summary>Looked at one by one: |-v| = |v|, sign(2v) = sign(v), and a squared indicator is the indicator.</summary>
    private static bool IsEquivalent(string form, string fault) => (form, fault) is
        ("softsign" or "mu-law", "stored value negated") or ("mu-law", "stored value doubled") or ("convolution", "factor squared");

    [Fact]
    public void No_form_is_refuted_against_itself() => Assert.All(Forms, form => IsProved(form.Form, form.Form + 0));
}
