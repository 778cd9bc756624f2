using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Emit;
using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator;

/// <summary>One layer to generate: where its class goes, and what it is.</summary>
internal sealed record LayerTask(TypeSpec Type, LayerClassNames Names, bool Nested, string File, LayerSpec Layer);

/// <summary>A layer whose fold was examined.</summary>
internal sealed record ProvedLayer(LayerTask Task, LayerForms Forms, Verdict Verdict);

/// <summary>A layer with its gradients, and what the check of these found.</summary>
internal sealed record DifferentiatedLayer(LayerTask Task, LayerForms Forms, Verdict Verdict, EquatableArray<Gradient> Gradients, GradientReport Check)
{
    /// <summary>The gradients of the rounded input, where the input is rounded.</summary>
    public EquatableArray<Gradient> InputGradients { get; init; } = [];

    /// <summary>The gradients of the form in training mode, where that has one of its own.</summary>
    public EquatableArray<Gradient> BatchGradients { get; init; } = [];

    /// <summary>The gradients of the form with merged terms of low rank, where there is one.</summary>
    public EquatableArray<Gradient> MergedGradients { get; init; } = [];
}

/// <summary>A layer with its passes.</summary>
internal sealed record ScheduledLayer(LayerTask Task, LayerForms Forms, Verdict Verdict, GradientReport Check, LayerPrograms Programs);

/// <summary>The stages of one layer, from its specification to its text. Each is a pure function of the one before.</summary>
internal static class LayerPipeline
{
    public static ProvedLayer Prove(LayerTask task, Examiner examiner, CancellationToken cancellation)
    {
        var forms = LayerKinds.Build(task.Layer);
        var merged = forms.Merged is { } form ? forms.Claim with { Training = form } : null;
        var claims = new[] { forms.Claim, merged, forms.Packed?.Claim, forms.Activation?.Claim }.OfType<Claim>();
        return new ProvedLayer(task, forms, claims.Select(claim => examiner.Prove(claim, cancellation)).Aggregate((all, verdict) => all.And(verdict)));
    }

    public static DifferentiatedLayer Differentiate(ProvedLayer layer, Examiner examiner, CancellationToken cancellation)
    {
        var own = DifferentiateLayer(layer, examiner, cancellation);
        if (layer.Forms.Activation is { Rounded: { } rounded })
        {
            // The chain rule joins the two: each is a node of the graph.
            var (gradients, check) = Differentiate(rounded.Training, LayerPrograms.InputGradient(layer.Forms), LayerPrograms.Differentiable(rounded), examiner, cancellation);
            return own with { InputGradients = gradients, Check = own.Check.And(check) };
        }

        if (layer.Forms.Norm?.Batch is { } batch)
        {
            var (gradients, check) = Differentiate(batch, LayerPrograms.OutputGradient(layer.Forms), LayerPrograms.Differentiable(layer.Forms), examiner, cancellation);
            return own with { BatchGradients = gradients, Check = own.Check.And(check) };
        }

        if (layer.Forms.Merged is { } merged)
        {
            var (gradients, check) = Differentiate(merged, LayerPrograms.OutputGradient(layer.Forms), LayerPrograms.Differentiable(layer.Forms), examiner, cancellation);
            return own with { MergedGradients = gradients, Check = own.Check.And(check) };
        }

        return own;
    }

    private static (EquatableArray<Gradient> Gradients, GradientReport Check) Differentiate(Expr form, Tensor above, IReadOnlyList<Tensor> wanted, Examiner examiner, CancellationToken cancellation)
    {
        var gradients = ReverseMode.Differentiate(form, above.All, wanted);
        return (gradients.ToEquatableArray(), examiner.Check(form, above, gradients, cancellation));
    }

    private static DifferentiatedLayer DifferentiateLayer(ProvedLayer layer, Examiner examiner, CancellationToken cancellation)
    {
        var forms = layer.Forms;
        var gradients = ReverseMode.Differentiate(forms.Pass, LayerPrograms.OutputGradient(forms).All, LayerPrograms.Differentiable(forms));
        var check = examiner.Check(forms.Pass, LayerPrograms.OutputGradient(forms), gradients, cancellation);
        var grown = forms.Masks.Where(masked => masked.Schedule == "RigL").Select(masked => masked.Mask).ToArray();
        if (grown.Length == 0)
        {
            return new DifferentiatedLayer(layer.Task, forms, layer.Verdict, gradients.ToEquatableArray(), check);
        }

        var probed = DenseGradients.Probe(forms.Pass, LayerPrograms.OutputGradient(forms).All, grown);
        var dense = examiner.Check(probed.Form, LayerPrograms.OutputGradient(forms), probed.Probes, cancellation);
        var all = gradients.Take(gradients.Count - 1).Concat(DenseGradients.WithoutProbes(probed, grown)).Append(gradients[gradients.Count - 1]);
        return new DifferentiatedLayer(layer.Task, forms, layer.Verdict, all.ToEquatableArray(), check.Error is null && dense.Error is not null ? dense : check);
    }

    public static ScheduledLayer Schedule(DifferentiatedLayer layer) =>
        new(layer.Task, layer.Forms, layer.Verdict, layer.Check, LayerPrograms.Of(layer.Forms, layer.Gradients, layer.InputGradients, layer.BatchGradients, layer.MergedGradients));

    public static GeneratedFile Emit(ScheduledLayer layer)
    {
        var facts = LayerFacts.Of(layer.Forms, layer.Verdict, layer.Check, layer.Programs.Batch?.Forward ?? layer.Programs.Forward, layer.Programs.RoundingFactor) with { Schedule = ScheduleText.Lines(layer.Forms, layer.Programs).ToEquatableArray() };
        var text = LayerEmitter.Emit(layer.Task.Type, layer.Task.Names, layer.Forms, layer.Programs, facts, layer.Task.Nested);
        var place = layer.Task.Layer.Kind.Place;
        return GeneratedFile.Of(
            layer.Task.Type, layer.Task.File, text, [LayerCosts.Of(place, layer.Forms, facts), .. LayerFindings.Of(place, layer.Task.Layer.Name, layer.Verdict, layer.Check)]);
    }
}
