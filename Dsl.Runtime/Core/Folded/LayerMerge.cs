using System.Numerics.Tensors;

namespace LayerDsl;

/// <summary>Merges folded normalizations into the layers before or after them. Products and sums are made in double precision and rounded once.</summary>
public static class LayerMerge
{
    /// <summary>A convolution and the batch normalization of its output as one convolution: W' = W·scale, b' = b·scale + shift, for each output channel.</summary>
    /// <param name="layer">The convolution. Codes stay as they are: their scales are multiplied.</param>
    /// <param name="next">The normalization of its output channels.</param>
    /// <exception cref="LayerShapeException">The channels differ, or the weight of the convolution is in codes with one scale for all of it.</exception>
    /// <exception cref="NonFiniteWeightException">A merged weight or bias is infinite.</exception>
    public static FoldedConv2d MergeNext(this FoldedConv2d layer, FoldedBatchNorm2d next)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(next);
        Require.Equal(layer.Name, "features of the normalization that follows", layer.Geometry.OutChannels, next.Features);
        var bias = ScaleBias(layer.Bias, next);
        if (layer.Quantized is { } codes)
        {
            return new FoldedConv2d(layer.Name, layer.Geometry, ScaleRows(layer.Name, codes, next), bias) { Activation = layer.Activation };
        }

        var merged = new FoldedConv2d(layer.Name, layer.Geometry, ScaleRows(layer.Weight.ToArray(), next), bias) { Activation = layer.Activation };
        return layer is FoldedSparseConv2d ? FoldedSparseConv2d.Smaller(merged) : merged;
    }

    /// <summary>A linear layer and the batch normalization of its output as one linear layer: W' = W·scale, b' = b·scale + shift, for each output feature.</summary>
    /// <param name="layer">The linear layer. Codes stay as they are: their scales, and B of a low-rank term beside them, are multiplied.</param>
    /// <param name="next">The normalization of its output features.</param>
    /// <exception cref="LayerShapeException">The widths differ, or the weight of the linear layer is in codes with one scale for all of it.</exception>
    /// <exception cref="NonFiniteWeightException">A merged weight or bias is infinite.</exception>
    public static FoldedLinear MergeNext(this FoldedLinear layer, FoldedBatchNorm1d next)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(next);
        Require.Equal(layer.Name, "features of the normalization that follows", layer.OutFeatures, next.Features);
        var bias = ScaleBias(layer.Bias, next);
        if (layer.Quantized is { } codes)
        {
            var precision = layer is FoldedQuantizedLinear quantized ? quantized.Precision : ActivationPrecision.Float32;
            return new FoldedQuantizedLinear(layer.Name, ScaleRows(layer.Name, codes, next), bias) { Activation = layer.Activation, Precision = precision };
        }

        var merged = new FoldedLinear(layer.Name, layer.InFeatures, layer.OutFeatures, ScaleRows(layer.Weight.ToArray(), next), bias) { Activation = layer.Activation };
        return layer is FoldedSparseLinear ? FoldedSparseLinear.Smaller(merged) : merged;
    }

    /// <summary>A linear layer that does what it did after a normalization with weight and bias, after one without: W' = W·diag(weight), b' = b + W·bias.</summary>
    /// <param name="layer">The linear layer, in 32-bit floats.</param>
    /// <param name="previous">The normalization of its input.</param>
    /// <exception cref="LayerShapeException">The widths differ, or the weight of the linear layer is in codes, which have no scales for columns, or its input is rounded.</exception>
    /// <exception cref="NonFiniteWeightException">A merged weight or bias is infinite.</exception>
    public static FoldedLinear MergePrevious(this FoldedLinear layer, FoldedLayerNorm previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Merge(layer, previous.Features, previous.Weight, previous.Bias);
    }

    /// <inheritdoc cref="MergePrevious(FoldedLinear, FoldedLayerNorm)"/>
    public static FoldedLinear MergePrevious(this FoldedLinear layer, FoldedRmsNorm previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Merge(layer, previous.Features, previous.Weight, []);
    }

    /// <summary>The normalization alone: its weight and bias are merged into the layer that follows.</summary>
    /// <param name="layer">The normalization.</param>
    public static FoldedLayerNorm WithoutWeight(this FoldedLayerNorm layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new FoldedLayerNorm(layer.Name, layer.Features, layer.Eps, [], []);
    }

    /// <inheritdoc cref="WithoutWeight(FoldedLayerNorm)"/>
    public static FoldedRmsNorm WithoutWeight(this FoldedRmsNorm layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new FoldedRmsNorm(layer.Name, layer.Features, layer.Eps, []);
    }

    private static FoldedLinear Merge(FoldedLinear layer, int features, ReadOnlySpan<float> factors, ReadOnlySpan<float> offsets)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Require.Equal(layer.Name, "features of the normalization before", layer.InFeatures, features);
        if (layer.Quantized is not null)
        {
            throw new LayerShapeException(layer.Name, "weight", "32-bit floats to merge a normalization into", "codes");
        }

        if (layer.Activation is not null)
        {
            throw new LayerShapeException(layer.Name, "input", "32-bit floats to merge a normalization before it", "a grid, which was calibrated for the normalized input");
        }

        var weight = layer.Weight.ToArray();
        var bias = offsets.IsEmpty && !layer.HasBias ? [] : new float[layer.OutFeatures];
        for (var o = 0; o < layer.OutFeatures; o++)
        {
            var row = weight.AsSpan(o * features, features);
            if (bias.Length > 0)
            {
                bias[o] = (float)((layer.HasBias ? layer.Bias[o] : 0) + Dot(row, offsets));
            }

            if (!factors.IsEmpty)
            {
                TensorPrimitives.Multiply(row, factors, row);
            }
        }

        var merged = new FoldedLinear(layer.Name, features, layer.OutFeatures, weight, bias);
        return layer is FoldedSparseLinear ? FoldedSparseLinear.Smaller(merged) : merged;
    }

    private static float[] ScaleBias(ReadOnlySpan<float> bias, FoldedBatchNorm next)
    {
        var merged = next.Shift.ToArray();
        for (var o = 0; o < bias.Length; o++)
        {
            merged[o] = (float)(((double)bias[o] * next.Scale[o]) + merged[o]);
        }

        return merged;
    }

    private static float[] ScaleRows(float[] weight, FoldedBatchNorm next)
    {
        ScaleRuns(weight, weight.Length / next.Features, next);
        return weight;
    }

    /// <summary>A weight is its scale times what its code stands for: a scale for each row, or several, take the factor of the row.</summary>
    private static QuantizedWeight ScaleRows(string layer, QuantizedWeight weight, FoldedBatchNorm next)
    {
        if (weight.Format.GroupSize == 0)
        {
            throw new LayerShapeException(layer, "weight", "scales for each row to merge a normalization into", "codes with one scale for all rows");
        }

        var (scales, up) = (weight.Scales.ToArray(), weight.Up.ToArray());
        ScaleRuns(scales, scales.Length / Math.Max(1, weight.Format.Planes) / next.Features, next);
        ScaleRuns(up, weight.Format.Rank, next);
        return new QuantizedWeight(layer, weight.Format, weight.Codes, scales, weight.Zeros, weight.Down, up);
    }

    /// <summary>Runs of equal length, of one output after the other, and then of the first again: each times the scale of its output.</summary>
    private static void ScaleRuns(float[] values, int length, FoldedBatchNorm next)
    {
        for (var (start, run) = (0, 0); start < values.Length; start += length, run++)
        {
            var part = values.AsSpan(start, length);
            TensorPrimitives.Multiply(part, next.Scale[run % next.Features], part);
        }
    }

    private static double Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> offsets)
    {
        var sum = 0.0;
        for (var i = 0; i < offsets.Length; i++)
        {
            sum += (double)row[i] * offsets[i];
        }

        return sum;
    }
}
