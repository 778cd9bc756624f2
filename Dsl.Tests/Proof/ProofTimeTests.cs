using System.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using Xunit.Abstractions;
using static LayerDsl.Generator.Ir.Operators;
using static LayerDsl.Tests.Proof.Terms;

namespace LayerDsl.Tests.Proof;

/// <summary>Reports how long proofs take; the only assertion is on steps, which do not depend on the machine.</summary>
public class ProofTimeTests(ITestOutputHelper output)
{
    [Fact]
    public void Steps_grow_with_the_number_of_branches_as_reported()
    {
        foreach (var branches in new[] { 1, 2, 4, 8, 16 })
        {
            Expr Term(int k) => new Tensor("B" + k, TensorRole.Trainable, [O, R])[O, R];
            Expr Down(int k) => new Tensor("A" + k, TensorRole.Trainable, [R, I])[R, I];
            var all = Enumerable.Range(0, branches).ToArray();
            var training = all.Aggregate(Sum(I, X[B, I] * W[O, I]), (sum, k) => sum + (2 * Sum(R, Term(k) * Sum(I, Down(k) * X[B, I]))));
            var merged = Sum(I, X[B, I] * all.Aggregate(W[O, I], (sum, k) => sum + (2 * Sum(R, Term(k) * Down(k)))));
            Assert.IsType<Verdict.Proved>(Compare(training, merged));
            var watch = Stopwatch.StartNew();
            Compare(training, merged);
            output.WriteLine($"{branches} branches: {watch.Elapsed.TotalMilliseconds:F1} ms");
        }
    }
}
