using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LayerDsl;

/// <content>What generated normalizations share.</content>
public abstract partial class Layer
{
    /// <summary>Refuses an input that is no batch of images of the right channels and dtype, before anything is computed.</summary>
    /// <param name="input">The input, (n, channels, height, width).</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="parameter">A stored tensor, whose dtype the input must have.</param>
    protected void CheckChannels(Tensor input, long channels, Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(parameter);
        var shape = input.shape;
        if (shape.Length != 4 || shape[1] != channels || input.numel() == 0)
        {
            throw new LayerShapeException(GetName(), "input", $"(n, {channels}, height, width), none of them 0", $"({string.Join(", ", shape)})");
        }

        if (input.dtype != parameter.dtype)
        {
            throw new LayerTypeException(GetName(), parameter.dtype.ToString(), input.dtype.ToString());
        }
    }

    /// <summary>Refuses an input that is no batch of rows of the right features and dtype, before anything is computed.</summary>
    /// <param name="input">The input, (n, features).</param>
    /// <param name="features">Its features.</param>
    /// <param name="parameter">A stored tensor, whose dtype the input must have.</param>
    protected void CheckFeatures(Tensor input, long features, Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(parameter);
        var shape = input.shape;
        if (shape.Length != 2 || shape[1] != features || shape[0] == 0)
        {
            throw new LayerShapeException(GetName(), "input", $"(n, {features}), n at least 1", $"({string.Join(", ", shape)})");
        }

        if (input.dtype != parameter.dtype)
        {
            throw new LayerTypeException(GetName(), parameter.dtype.ToString(), input.dtype.ToString());
        }
    }

    /// <summary>Refuses a batch with one value per channel or feature: it has no unbiased variance, and its normalized value is always 0.</summary>
    /// <param name="input">The input, (n, channels, height, width) or (n, features).</param>
    protected void CheckBatch(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var shape = input.shape;
        if (input.numel() == shape[1])
        {
            throw new LayerShapeException(GetName(), "batch in training mode", $"more than one value for each {(shape.Length == 2 ? "feature" : "channel")}", $"({string.Join(", ", shape)})");
        }
    }

    /// <summary>An immutable managed copy of merged statistics.</summary>
    /// <param name="scale">(features).</param>
    /// <param name="shift">(features).</param>
    protected FoldedBatchNorm1d FoldBatchNorm1d(Tensor scale, Tensor shift) => new(GetName(), ToArray(scale), ToArray(shift));

    /// <summary>An immutable managed copy of merged statistics.</summary>
    /// <param name="scale">(channels).</param>
    /// <param name="shift">(channels).</param>
    protected FoldedBatchNorm2d FoldBatchNorm2d(Tensor scale, Tensor shift) => new(GetName(), ToArray(scale), ToArray(shift));

    /// <summary>TorchSharp's BatchNorm1d with copies of the given tensors, in eval mode.</summary>
    /// <param name="weight">(features), or null.</param>
    /// <param name="bias">(features), or null.</param>
    /// <param name="runningMean">(features).</param>
    /// <param name="runningVar">(features).</param>
    /// <param name="eps">Added to the variance.</param>
    protected BatchNorm1d MakeBatchNorm1d(Tensor? weight, Tensor? bias, Tensor runningMean, Tensor runningVar, double eps)
    {
        CheckStatistics(weight, bias, runningMean, runningVar);
        return InEvalMode(
            nn.BatchNorm1d(runningMean.shape[0], eps, affine: weight is not null, device: runningMean.device, dtype: runningMean.dtype), weight, bias, runningMean, runningVar);
    }

    /// <summary>TorchSharp's BatchNorm2d with copies of the given tensors, in eval mode.</summary>
    /// <param name="weight">(channels), or null.</param>
    /// <param name="bias">(channels), or null.</param>
    /// <param name="runningMean">(channels).</param>
    /// <param name="runningVar">(channels).</param>
    /// <param name="eps">Added to the variance.</param>
    protected BatchNorm2d MakeBatchNorm2d(Tensor? weight, Tensor? bias, Tensor runningMean, Tensor runningVar, double eps)
    {
        CheckStatistics(weight, bias, runningMean, runningVar);
        return InEvalMode(
            nn.BatchNorm2d(runningMean.shape[0], eps, affine: weight is not null, device: runningMean.device, dtype: runningMean.dtype), weight, bias, runningMean, runningVar);
    }

    /// <summary>A plain layer with copies of merged statistics, under this layer's name.</summary>
    /// <param name="scale">(features).</param>
    /// <param name="shift">(features).</param>
    protected PlainBatchNorm1d MakePlainBatchNorm1d(Tensor scale, Tensor shift)
    {
        CheckMerged(scale, shift);
        return new PlainBatchNorm1d(GetName(), scale.detach().clone().DetachFromDisposeScope(), shift.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>A plain layer with copies of merged statistics, under this layer's name.</summary>
    /// <param name="scale">(channels).</param>
    /// <param name="shift">(channels).</param>
    protected PlainBatchNorm2d MakePlainBatchNorm2d(Tensor scale, Tensor shift)
    {
        CheckMerged(scale, shift);
        return new PlainBatchNorm2d(GetName(), scale.detach().clone().DetachFromDisposeScope(), shift.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>An immutable managed copy of weight and bias.</summary>
    /// <param name="weight">(features).</param>
    /// <param name="bias">(features), or null.</param>
    /// <param name="eps">Added to the variance.</param>
    protected FoldedLayerNorm FoldLayerNorm(Tensor weight, Tensor? bias, double eps)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new FoldedLayerNorm(GetName(), checked((int)weight.shape[0]), eps, ToArray(weight), Optional(bias));
    }

    /// <summary>TorchSharp's LayerNorm with copies of the given tensors.</summary>
    /// <inheritdoc cref="FoldLayerNorm"/>
    protected LayerNorm MakeLayerNorm(Tensor weight, Tensor? bias, double eps)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckOptional(weight, bias);
        var norm = nn.LayerNorm(weight.shape[0], eps, elementwise_affine: true, device: weight.device, dtype: weight.dtype);
        using var noGradient = no_grad();
        Copy(weight, norm.weight);
        _ = bias is null ? norm.bias!.zero_() : norm.bias!.copy_(bias);
        return norm;
    }

    /// <summary>A plain layer with copies of weight and bias, under this layer's name.</summary>
    /// <inheritdoc cref="FoldLayerNorm"/>
    protected PlainLayerNorm MakePlainLayerNorm(Tensor weight, Tensor? bias, double eps)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckOptional(weight, bias);
        return new PlainLayerNorm(GetName(), weight.detach().clone(), bias?.detach().clone(), eps);
    }

    /// <summary>An immutable managed copy of the weight.</summary>
    /// <param name="weight">(features).</param>
    /// <param name="eps">Added to the mean square.</param>
    protected FoldedRmsNorm FoldRmsNorm(Tensor weight, double eps)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new FoldedRmsNorm(GetName(), checked((int)weight.shape[0]), eps, ToArray(weight));
    }

    /// <summary>A module with a copy of the weight; TorchSharp has none of its own.</summary>
    /// <inheritdoc cref="FoldRmsNorm"/>
    protected PlainRmsNorm MakeRmsNorm(Tensor weight, double eps) => MakePlainRmsNorm(weight, eps);

    /// <summary>A plain layer with a copy of the weight, under this layer's name.</summary>
    /// <inheritdoc cref="FoldRmsNorm"/>
    protected PlainRmsNorm MakePlainRmsNorm(Tensor weight, double eps)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckFinite(weight, "weight");
        return new PlainRmsNorm(GetName(), weight.detach().clone(), eps);
    }

    private static TNorm InEvalMode<TNorm>(TNorm norm, Tensor? weight, Tensor? bias, Tensor runningMean, Tensor runningVar)
        where TNorm : NormBase
    {
        using var noGradient = no_grad();
        norm.running_mean!.copy_(runningMean);
        norm.running_var!.copy_(runningVar);
        Copy(weight, norm.weight);
        Copy(bias, norm.bias);
        norm.eval();
        return norm;
    }

    private void CheckStatistics(Tensor? weight, Tensor? bias, Tensor runningMean, Tensor runningVar)
    {
        ArgumentNullException.ThrowIfNull(runningMean);
        ArgumentNullException.ThrowIfNull(runningVar);
        CheckFinite(runningMean, "running_mean");
        CheckFinite(runningVar, "running_var");
        CheckOptional(weight, bias);
    }

    private void CheckMerged(Tensor scale, Tensor shift)
    {
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(shift);
        CheckFinite(scale, "scale");
        CheckFinite(shift, "shift");
    }

    private void CheckOptional(Tensor? weight, Tensor? bias)
    {
        if (weight is not null)
        {
            CheckFinite(weight, bias);
        }
    }

    private static void Copy(Tensor? from, Parameter? to)
    {
        if (from is not null)
        {
            to!.copy_(from);
        }
    }
}
