using LayerDsl.Oscillation;
using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>
/// Watches the codes of a model's quantized weights while it is trained: how many flip from one observation to the next, and how many oscillate. A weight went
/// back if its code changed in the direction opposite to its last change; its frequency is the exponential average of that, and it oscillates if this is
/// above a threshold (Nagel et al. 2022, arXiv 2203.11086). Call <see cref="Observe"/> after steps of the optimizer.
/// </summary>
public sealed class OscillationMonitor
{
    private readonly nn.Module model;
    private readonly float momentum;
    private readonly float threshold;
    private readonly Dictionary<Layer, CodeHistory> histories = [];
    private long observations;

    /// <summary>Takes a model.</summary>
    /// <param name="model">A model with quantized layers.</param>
    /// <param name="momentum">The weight of an observation in the average frequency; more than 0 and at most 1.</param>
    /// <param name="threshold">The frequency above which a weight oscillates; at least 0 and less than 1.</param>
    /// <exception cref="ArgumentException">The model has no quantized layer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public OscillationMonitor(nn.Module model, double momentum = 0.01, double threshold = 0.005)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (momentum is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "The momentum must be more than 0 and at most 1.");
        }

        if (threshold is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The threshold must be at least 0 and less than 1.");
        }

        if (!QuantizedLayers.Of(model).Any())
        {
            throw new ArgumentException($"'{model.GetName()}' has no layer that folds to codes; declare one with [Quantize].", nameof(model));
        }

        (this.model, this.momentum, this.threshold) = (model, (float)momentum, (float)threshold);
    }

    /// <summary>Compares the codes with those of the last observation. The first one only remembers them, and reports zeros.</summary>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite. Nothing was remembered.</exception>
    public OscillationReport Observe()
    {
        var now = QuantizedLayers.Of(model).Select(pair => (pair.Layer, Codes: QuantizedLayers.Codes(pair.Weight))).ToArray();
        observations++;
        return new OscillationReport(observations, [.. now.Select(pair => Follow(pair.Layer, pair.Codes))]);
    }

    private OscillationRow Follow(Layer layer, byte[] codes)
    {
        if (histories.TryGetValue(layer, out var history))
        {
            return history.Follow(layer.GetName(), codes, momentum, threshold);
        }

        histories[layer] = new CodeHistory(codes);
        return new OscillationRow(layer.GetName(), codes.Length, 0, 0, 0);
    }
}
