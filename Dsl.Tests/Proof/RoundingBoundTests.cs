using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Proof.Evaluation;
using LayerDsl.Generator.Proof.NormalForms;
using Xunit.Abstractions;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;

namespace LayerDsl.Tests.Proof;

public class RoundingBoundTests(ITestOutputHelper output)
{
    private const int Trials = 25_000; // for each of four forms
    private const double Unit = 1.0 / (1 << 24);

    private static readonly Expr Arctan = Exp(LogA.All) * Atan(W[O, I] / Exp(LogB.All));
    private static readonly Expr Linear = Sum(I, X[B, I] * W[O, I]) + Bias[O];

    public static TheoryData<string> Forms => ["linear", "arctan", "branch", "merged"];

    private static Expr FormOf(string name) => name switch
    {
        "linear" => Linear,
        "arctan" => Sum(I, X[B, I] * Arctan) + Bias[O],
        "branch" => Linear + (2 * Sum(R, Up[O, R] * Sum(I, A[R, I] * X[B, I]))),
        _ => Sum(I, X[B, I] * (W[O, I] + (2 * Sum(R, Up[O, R] * A[R, I])))) + Bias[O],
    };

    private static long SizeOf(string symbol) => symbol switch { "in" => 4, "rank" => 2, _ => 1 };

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_bound_is_never_exceeded_and_not_far_off(string name)
    {
        var form = FormOf(name);
        var bound = RoundingBound.Of(form, size => size.Evaluate(SizeOf));
        var random = new Random(7);
        var largestRatio = 0.0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var values = new Dictionary<string, double>();
            double Element(Tensor tensor, IReadOnlyList<long> place)
            {
                var key = tensor.Name + string.Join(",", place);
                return values.TryGetValue(key, out var value) ? value : values[key] = (float)((random.NextDouble() * 4) - 2);
            }

            double Value(Expr expr, bool single) => new Evaluator<double>(new PlainArithmetic(single), SizeOf, Element, new Steps(long.MaxValue, default))
                .Evaluate(expr, expr.FreeIndices.ToDictionary(index => index, _ => 0L));
            var error = Math.Abs(Value(form, true) - Value(form, false));
            var allowed = Unit * bound.Factor.Constant!.Value * Value(bound.Magnitude, false);
            Assert.True(error <= allowed, $"{name}: error {error}, bound {allowed}");
            largestRatio = Math.Max(largestRatio, error / allowed);
        }

        output.WriteLine($"{name}: factor {bound.Factor}; the bound is {1 / largestRatio:F1} times the largest error relative to it");
        Assert.True(largestRatio > 0.01, $"{name}: the bound is {1 / largestRatio} times the largest error");
    }
}
