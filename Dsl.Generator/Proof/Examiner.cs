using System.Collections.Concurrent;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Proof;

/// <summary>
/// Proves claims and checks gradients, and remembers the answers: layers of the same kind and methods ask the same question whatever their
/// sizes, and a network has many of them. An answer is a function of its question alone, so that remembering it changes the time and nothing else.
/// </summary>
internal sealed class Examiner
{
    /// <summary>Beyond that many questions all are forgotten: an editor keeps the generator alive for days.</summary>
    private const int MostRemembered = 1000;

    private readonly ConcurrentDictionary<ClaimKey, Verdict> verdicts = new();
    private readonly ConcurrentDictionary<GradientKey, GradientReport> reports = new();

    /// <summary>What a proof depends on of a claim: all but the layer's name, which only stands in texts.</summary>
    private sealed record ClaimKey(Expr Training, Expr Inference, EquatableArray<FoldDefinition> Folds);

    private sealed record GradientKey(Expr Forward, Tensor OutputGradient, EquatableArray<Gradients.Gradient> Gradients);

    /// <inheritdoc cref="Prover.Prove(Claim, CancellationToken)"/>
    public Verdict Prove(Claim claim, CancellationToken cancellation) =>
        Remember(verdicts, new ClaimKey(claim.Training, claim.Inference, claim.Folds), () => Prover.Prove(claim, cancellation));

    /// <inheritdoc cref="GradientCheck.Run"/>
    public GradientReport Check(Expr forward, Tensor outputGradient, IEnumerable<Gradients.Gradient> gradients, CancellationToken cancellation)
    {
        var key = new GradientKey(forward, outputGradient, gradients.ToEquatableArray());
        return Remember(reports, key, () => GradientCheck.Run(forward, outputGradient, key.Gradients.Select(gradient => (gradient.Tensor, gradient.Value)).ToArray(), cancellation));
    }

    private static TAnswer Remember<TQuestion, TAnswer>(ConcurrentDictionary<TQuestion, TAnswer> answers, TQuestion question, Func<TAnswer> answer)
        where TQuestion : notnull
    {
        if (answers.TryGetValue(question, out var known))
        {
            return known;
        }

        if (answers.Count >= MostRemembered)
        {
            answers.Clear();
        }

        return answers[question] = answer();
    }
}
