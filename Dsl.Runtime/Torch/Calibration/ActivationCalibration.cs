using static TorchSharp.torch;

namespace LayerDsl;

/// <summary>Finds the grids of the inputs of a model's layers from batches of typical inputs.</summary>
public static class ActivationCalibration
{
    /// <summary>
    /// Runs the model on every batch, in eval mode and with inputs as they are, counts what each layer with <c>Activations = true</c> is given, and
    /// then stores the steps and zero points. Batches are taken one by one and not kept. Fixed grids (DoReFa) are left alone.
    /// </summary>
    /// <param name="model">A model, or a single layer.</param>
    /// <param name="batches">Inputs of the model.</param>
    /// <param name="options">Method and progress; null for min-max.</param>
    /// <returns>What was found for each layer.</returns>
    /// <exception cref="CalibrationException">There is no batch, no layer to calibrate, or a layer that no batch reaches. Nothing has been changed.</exception>
    /// <exception cref="NonFiniteActivationException">A layer is given NaN or infinite values. Nothing has been changed.</exception>
    public static CalibrationReport Calibrate(this nn.Module<Tensor, Tensor> model, IEnumerable<Tensor> batches, CalibrationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batches);
        options ??= new CalibrationOptions();
        var layers = model.modules().Append(model).OfType<Layer>().Distinct().Where(layer => layer.GetActivationParameters() is { CanBeCalibrated: true }).ToArray();
        if (layers.Length == 0)
        {
            throw new CalibrationException(model.GetName(), "no layer has a grid to calibrate. Declare one with [Quantize(Activations = true)]; DoReFa has a fixed grid.");
        }

        var seen = layers.ToDictionary(layer => layer, _ => new ActivationHistogram());
        var (count, samples) = Observe(model, seen, batches, options.Progress);
        Require(model.GetName(), count, seen);

        // All grids are made before any is stored.
        var found = layers.Select(layer => (layer, Grid: options.Method.Grid(layer.GetName(), layer.GetActivationParameters()!.Format, seen[layer]))).ToArray();
        foreach (var (layer, grid) in found)
        {
            layer.GetActivationParameters()!.Store(grid.Scale, grid.ZeroPoint);
        }

        return new CalibrationReport(model.GetName(), options.Method, count, samples, [.. found.Select(pair => Row(pair.layer, pair.Grid, seen[pair.layer]))]);
    }

    private static (int Batches, long Samples) Observe(
        nn.Module<Tensor, Tensor> model, Dictionary<Layer, ActivationHistogram> seen, IEnumerable<Tensor> batches, IProgress<CalibrationProgress>? progress)
    {
        var modes = model.modules().Prepend(model).Select(module => (module, module.training)).ToArray();
        int? total = batches.TryGetNonEnumeratedCount(out var known) ? known : null;
        var (count, samples) = (0, 0L);
        try
        {
            model.eval();
            foreach (var (layer, histogram) in seen)
            {
                layer.InputObserver = input => histogram.Add(layer.GetName(), Values(input));
            }

            foreach (var batch in batches)
            {
                Run(model, batch);
                (count, samples) = (count + 1, samples + (batch.dim() == 0 ? 1 : batch.shape[0]));
                progress?.Report(new CalibrationProgress(count, total, samples));
            }
        }
        finally
        {
            foreach (var layer in seen.Keys)
            {
                layer.InputObserver = null;
            }

            foreach (var (module, training) in modes)
            {
                module.train(training); // Of all modules below as well, so that these come after.
            }
        }

        return (count, samples);
    }

    private static void Run(nn.Module<Tensor, Tensor> model, Tensor batch)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        _ = model.forward(batch);
    }

    private static void Require(string model, int batches, Dictionary<Layer, ActivationHistogram> seen)
    {
        if (batches == 0)
        {
            throw new CalibrationException(model, "the stream of batches is empty. Pass at least one batch of typical inputs.");
        }

        if (seen.FirstOrDefault(pair => pair.Value.Count == 0) is { Key: { } unseen })
        {
            throw new CalibrationException(model, $"layer '{unseen.GetName()}' was given no input by any of {batches} batches. Pass batches that reach it, or leave Activations out.");
        }
    }

    private static float[] Values(Tensor input)
    {
        using var scope = NewDisposeScope();
        return input.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private static LayerCalibration Row(Layer layer, ActivationGrid grid, ActivationHistogram seen) => new(
        layer.GetName(), grid.Format.Scheme, grid.Scale, grid.ZeroPoint, (float)seen.Lowest, (float)seen.Highest, seen.ClippedShare(grid), seen.SquaredError(grid) / seen.Count);
}
