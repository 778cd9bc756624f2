using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator;

/// <summary>An attention layer whose formula was examined.</summary>
internal sealed record ProvedAttention(LayerTask Task, AttentionCore Core, Verdict Verdict);

/// <summary>An attention layer with its passes, and what the check of its gradients found.</summary>
internal sealed record ScheduledAttention(LayerTask Task, AttentionCore Core, Verdict Verdict, GradientReport Check, Program Forward, Program Backward);

/// <summary>The stages of an attention layer; its projections are tasks of their own (<see cref="LayerTasks"/>).</summary>
internal static class AttentionPipeline
{
    public static ProvedAttention Prove(LayerTask task, Examiner examiner, CancellationToken cancellation)
    {
        var core = AttentionCore.Of(task.Layer);
        var verdict = examiner.Prove(core.Shift, cancellation);
        return new ProvedAttention(task, core, core.Merge is { } merge ? verdict.And(examiner.Prove(merge, cancellation)) : verdict);
    }

    /// <summary>
    /// The subtracted maximum is taken for a constant while the gradients are derived. They are checked against the derivative of the formula
    /// without it, so that nothing rests on that.
    /// </summary>
    public static ScheduledAttention Schedule(ProvedAttention layer, Examiner examiner, CancellationToken cancellation)
    {
        var core = layer.Core;
        var gradients = ReverseMode.Differentiate(core.Stable, core.OutputGradient.All, core.Differentiable);
        var check = examiner.Check(core.Plain, core.OutputGradient, gradients, cancellation);
        return new ScheduledAttention(
            layer.Task,
            core,
            layer.Verdict,
            core.Shape.Merged ? check.And(CheckProduct(core.Shape, examiner, cancellation)) : check,
            Scheduler.Schedule(core.Order, [("y", core.Stable, core.OutputAxes)], "inputs"),
            Scheduler.Schedule(core.Order, gradients.Select(gradient => (ReverseMode.NameOf(gradient.Tensor.Name), gradient.Value, gradient.Tensor.Axes)).ToArray(), "inputs", "gradY"));
    }

    /// <summary>The gradients of queries and keys through their product.</summary>
    private static GradientReport CheckProduct(AttentionShape shape, Examiner examiner, CancellationToken cancellation)
    {
        var factors = new HeadFactors(shape.Heads, shape.HeadSize, shape.Dim, shape.QueryBias);
        return examiner.Check(factors.Product, factors.Gradient, factors.Gradients(), cancellation);
    }

    public static GeneratedFile Emit(ScheduledAttention layer)
    {
        var place = layer.Task.Layer.Kind.Place;
        return GeneratedFile.Of(
            layer.Task.Type, layer.Task.File, AttentionEmitter.Emit(layer), LayerFindings.Of(place, layer.Task.Layer.Name, layer.Verdict, layer.Check));
    }
}
