using LayerDsl.Sparse;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// Moves the masks of a model's sparse layers while an optimizer trains it. Call <see cref="Step"/> after each step of the
/// optimizer. The number of weights that are not masked stays exactly the same; a grown weight starts at zero, without a past in
/// the optimizer; masked weights stay zero, whatever momentum or weight decay do.
/// </summary>
/// <remarks>
/// RigL needs the gradient of masked weights. For the last backward pass before an update the masks ask for a gradient, and the
/// layer answers with the dense one; all other passes cost nothing extra. Gradients of several backward passes add up.
/// </remarks>
public sealed class SparseTrainer
{
    private readonly nn.Module model;
    private readonly optim.Optimizer optimizer;
    private readonly SparseTrainerOptions options;

    /// <summary>Takes a model and the optimizer that trains it.</summary>
    /// <param name="model">A model with sparse layers.</param>
    /// <param name="optimizer">The optimizer of its parameters.</param>
    /// <param name="options">When and how much to move.</param>
    /// <exception cref="ArgumentException">
    /// The model has no sparse layer, or it is not known what the optimizer keeps of each weight: LBFGS, Rprop and ASGD.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public SparseTrainer(nn.Module model, optim.Optimizer optimizer, SparseTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (!OptimizerStates.IsKnown(optimizer))
        {
            throw new ArgumentException(
                $"SparseTrainer does not know what {optimizer.GetType().Name} keeps of each weight, so it cannot reset it; use SGD, Adam, AdamW, NAdam, RAdam, Adamax, Adagrad, Adadelta or RMSProp.",
                nameof(optimizer));
        }

        (this.model, this.optimizer, this.options) = (model, optimizer, options);
        if (Masked().Length == 0)
        {
            throw new ArgumentException($"'{model.GetName()}' has no layer with a mask; declare one with [SparseIso].", nameof(model));
        }

        Steps = options.StepsDone;
        AskForGradients();
    }

    /// <summary>How many steps were made, those before a checkpoint included.</summary>
    public long Steps { get; private set; }

    /// <summary>Follows a step of the optimizer: keeps masked weights zero and, when it is time, moves masks.</summary>
    /// <returns>How many weights were moved; 0 between updates.</returns>
    /// <exception cref="InvalidOperationException">A RigL mask is to be updated, but no backward pass came since the last step. Nothing was changed.</exception>
    public long Step()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var masked = Masked();
        var due = IsUpdate(Steps + 1);
        if (due)
        {
            RequireGradients(masked);
        }

        Steps++;
        var moved = 0L;
        foreach (var part in masked)
        {
            if (due && part.Schedule != MaskSchedule.Static)
            {
                moved += Update(part);
            }

            part.Weight.mul_(part.Mask);
            Decay(part);
        }

        AskForGradients();
        return moved;
    }

    /// <summary>The gradient is wanted of the last backward pass before an update only.</summary>
    private void AskForGradients()
    {
        foreach (var part in Masked().Where(part => part.Schedule == MaskSchedule.RigL))
        {
            part.Mask.grad = null;
            part.Mask.requires_grad = IsUpdate(Steps + 1);
        }
    }

    private bool IsUpdate(long step) => step % options.Interval == 0 && options.FractionAt(step) > 0;

    private static void RequireGradients(MaskedParameter[] masked)
    {
        if (masked.FirstOrDefault(part => part.Schedule == MaskSchedule.RigL && part.Mask.grad is null) is { } without)
        {
            throw new InvalidOperationException(
                $"SparseTrainer: there is no gradient for the mask of '{without.Name}' ({string.Join(" × ", without.Weight.shape)}) to grow by. "
                + "Call backward() on a loss that depends on the layer before each Step(), and make the trainer after .to(device or type).");
        }
    }

    private long Update(MaskedParameter part)
    {
        var score = part.Schedule == MaskSchedule.RigL ? part.Mask.grad!.abs() : rand_like(part.Weight);
        var (mask, moved) = MaskUpdate.Make(part, score, options.FractionAt(Steps));

        // Where the mask was 0 or is 0 now: what grows starts at zero, and the optimizer has no memory of it.
        var kept = mask * part.Mask;
        part.Weight.mul_(kept);
        OptimizerStates.Reset(optimizer, part.Weight, kept);
        part.Mask.copy_(mask);
        return moved;
    }

    private void Decay(MaskedParameter part)
    {
        if (options.FoldedWeightDecay > 0 && LearningRate(part) is { } rate)
        {
            var folded = part.Branches > 1 ? (part.Weight * part.Mask).sum(dim: 0, keepdim: true) : part.Weight;
            part.Weight.sub_(folded * part.Mask * (rate * options.FoldedWeightDecay));
        }
    }

    private double? LearningRate(MaskedParameter part) => optimizer.ParamGroups
        .OfType<TorchSharp.Modules.ParamGroup>()
        .FirstOrDefault(group => group.Parameters.Any(parameter => parameter.Handle == part.Weight.Handle))?.LearningRate;

    private MaskedParameter[] Masked() => [.. model.modules().Append(model).OfType<Layer>().Distinct().SelectMany(layer => layer.GetMaskedParameters())];
}
