using LayerDsl.Oscillation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// Confidence-guided annealing (OFQ: Liu et al. 2023, arXiv 2302.02210), for the last epochs of a quantization-aware training: only weights whose distance to the
/// nearest rounding threshold is at most <see cref="BoundaryRange"/> steps of the grid are trained on, so that they can settle on one side; all others are frozen. The set
/// is found anew in every step. It acts on layers whose stored weight itself is rounded, to a grid of equal steps (Uniform, StatsQ, Lsq): not on W_qk of
/// QKReparam, which has no weights of its own, and not under LowRank, Compander or SparseIso. Scales, biases and other parameters are trained as before; as scales move
/// with the weights, codes of frozen weights may still change.
/// </summary>
public sealed class ConfidenceGuidedAnnealing
{
    private static readonly string[] EqualSteps = ["Uniform", "StatsQ", "Lsq"];

    /// <summary>What a layer may store besides its weight, if that itself is what it rounds.</summary>
    private static readonly string[] Companions = ["weight", "bias", "scale", "input_scale", "input_zero", "input_alpha"];

    private readonly nn.Module model;

    /// <summary>Takes a model.</summary>
    /// <param name="model">A model with quantized layers.</param>
    /// <param name="boundaryRange">How near to a threshold a weight must be to be trained, in steps of the grid; more than 0 and at most ½. The paper finds 0.005 to 0.007 best.</param>
    /// <exception cref="ArgumentException">No layer of the model is one that it acts on.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside its own.</exception>
    public ConfidenceGuidedAnnealing(nn.Module model, double boundaryRange = 0.005)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (boundaryRange is not (> 0 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(boundaryRange), boundaryRange, "The range must be more than 0 and at most 0.5, half a step of the grid.");
        }

        (this.model, BoundaryRange) = (model, boundaryRange);
        if (!Annealed().Any())
        {
            throw new ArgumentException(
                $"'{model.GetName()}' has no layer that rounds its stored weight to equal steps; declare one with [Quantize], Scheme {string.Join(", ", EqualSteps)}, and no other method.", nameof(model));
        }
    }

    /// <summary>How near to a threshold a weight must be to be trained, in steps of the grid.</summary>
    public double BoundaryRange { get; }

    /// <summary>Makes a step of the optimizer in which confident weights stay exactly as they are, whatever momentum or weight decay do. Call it after the backward pass, in place of the step.</summary>
    /// <param name="optimizer">The optimizer of the model's parameters.</param>
    /// <returns>The share of the annealed layers' weights that were frozen.</returns>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite. Nothing was changed.</exception>
    public double Step(optim.Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        using var scope = NewDisposeScope();
        var frozen = Annealed().Select(pair => (pair.Parameter, Confident: Confident(pair.Parameter, pair.Weight), Value: pair.Parameter.detach().clone())).ToArray();
        var (held, total) = (0L, 0L);
        using (no_grad())
        {
            foreach (var (parameter, confident, _) in frozen)
            {
                parameter.grad?.masked_fill_(confident, 0);
                held += confident.sum().item<long>();
                total += parameter.numel();
            }
        }

        optimizer.step();
        using var noGradient = no_grad();
        foreach (var (parameter, confident, value) in frozen)
        {
            parameter.copy_(where(confident, value, parameter));
        }

        return (double)held / total;
    }

    private IEnumerable<(Parameter Parameter, QuantizedWeight Weight)> Annealed() => QuantizedLayers.Of(model)
        .Where(pair => EqualSteps.Contains(pair.Weight.Format.Scheme) && pair.Weight.Format.Rank == 0)
        .Select(pair => (Own: pair.Layer.named_parameters().ToDictionary(named => named.name, named => named.parameter), pair.Weight))
        .Where(pair => pair.Own.ContainsKey("weight") && pair.Own.Keys.All(Companions.Contains))
        .Select(pair => (pair.Own["weight"], pair.Weight));

    /// <summary>1 where a weight is further from every threshold than the range. Weights without a scale have none: they stay free.</summary>
    private Tensor Confident(Parameter parameter, QuantizedWeight weight)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (format, columns) = (weight.Format, weight.Codes.Columns);
        var group = format.GroupSize == 0 ? columns : format.GroupSize;
        Tensor Spread(ReadOnlySpan<float> shared) => tensor(shared.ToArray(), dtype: ScalarType.Float64)
            .reshape(format.GroupSize == 0 ? 1 : weight.Codes.Rows, -1).repeat_interleave(group, 1).to(parameter.device);
        var scale = Spread(weight.Scales);
        var inSteps = parameter.detach().flatten(1).to_type(ScalarType.Float64) / scale;
        inSteps = format.HasZeroPoints ? inSteps + Spread(weight.Zeros) : inSteps;

        // Thresholds lie midway between levels, which are equally far apart.
        double first = format.Levels[0], step = format.Levels[1] - format.Levels[0];
        var place = (inSteps - (first + (step / 2))) / step;
        var distance = (place - place.round().clamp(0, format.Levels.Count - 2)).abs();
        return distance.gt(BoundaryRange).logical_and(scale.gt(0)).reshape(parameter.shape).MoveToOuterDisposeScope();
    }
}
